// The chat page: shows what the phones show, and does on them what people do.
// Every text from outside is set as text, never as markup.

"use strict";

const phones = new Map();
let order = [];
let bot = "";
let active = null;
const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const $ = (id) => document.getElementById(id);

function grow(template) {
  return $(template).content.firstElementChild.cloneNode(true);
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

// ---- Telling the server

async function act(phone, action, body, query) {
  const address = `/phones/${phone.id}/${action}${query ? `?${new URLSearchParams(query)}` : ""}`;
  const options = { method: "POST" };
  if (body instanceof Blob) options.body = body;
  else if (body) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(address, options);
    if (response.ok) return true;
    phone.toast((await response.json()).why);
  } catch {
    phone.toast("The stand-in does not answer.");
  }
  return false;
}

// ---- Texts with entities

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", text_link: "a", url: "a",
  email: "a", bot_command: "button", spoiler: "button",
};

const BLOCKS = new Set(["BLOCKQUOTE", "PRE"]);

function writeText(phone, parent, text, entities) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const open = [{ element: parent, end: text.length }];
  let at = 0;
  const say = (end, beforeBlock = false) => {
    const words = text.slice(at, Math.max(at, end));
    const shown = beforeBlock && words.endsWith("\n") ? words.slice(0, -1) : words;
    if (shown) open.at(-1).element.append(shown);
    at = Math.max(at, end);
  };
  const close = (offset) => {
    while (open.length > 1 && open.at(-1).end <= offset) {
      say(open.at(-1).end);
      // A block begins and ends its own line: the line breaks round it are its edges.
      if (BLOCKS.has(open.pop().element.tagName) && text[at] === "\n") at += 1;
    }
  };
  for (const entity of sorted) {
    close(entity.offset);
    say(entity.offset, BLOCKS.has((TAGS[entity.type] || "").toUpperCase()));
    const words = text.slice(entity.offset, entity.offset + entity.length);
    const element = entityElement(phone, entity, words);
    open.at(-1).element.append(element);
    open.push({ element, end: entity.offset + entity.length });
  }
  close(text.length);
  say(text.length);
}

function entityElement(phone, entity, words) {
  const element = make(TAGS[entity.type] || "span", `entity ${entity.type}`);
  if (entity.type === "text_link" || entity.type === "url") {
    linkTo(phone, element, entity.url || (/^https?:/i.test(words) ? words : `https://${words}`));
  } else if (entity.type === "bot_command") {
    element.type = "button";
    element.addEventListener("click", () => phone.say(words));
  } else if (entity.type === "spoiler") {
    element.type = "button";
    element.setAttribute("aria-label", "Hidden text: show it");
    element.addEventListener("click", () => {
      element.classList.add("shown");
      element.removeAttribute("aria-label");
    });
  } else if (entity.type === "expandable_blockquote") {
    element.tabIndex = 0;
    element.addEventListener("click", () => element.classList.toggle("open"));
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter") element.classList.toggle("open");
    });
  }
  return element;
}

function isBotLink(link) {
  const url = URL.canParse(link) ? new URL(link) : null;
  return ["t.me", "telegram.me"].includes(url?.host) && url.pathname.replaceAll("/", "") === bot;
}

// What a link passes on that asks in which chat to put it.
function sharedLink(link) {
  const url = URL.canParse(link) ? new URL(link) : null;
  return url?.host === "t.me" && url.pathname === "/share/url" ? url.searchParams.get("url") : null;
}

function linkTo(phone, element, link) {
  if (!/^https?:\/\//i.test(link)) return;
  element.href = link;
  element.target = "_blank";
  element.rel = "noopener noreferrer";
  element.addEventListener("click", (event) => {
    const shared = sharedLink(link);
    if (!shared && !isBotLink(link)) return;
    event.preventDefault();
    if (shared) phone.choose(shared);
    else phone.follow(link);
  });
}

// What a notification says: hidden text stays hidden, as on a locked phone.
function preview(message) {
  const letters = message.text.split("");
  for (const each of message.entities.filter((entity) => entity.type === "spoiler")) {
    letters.fill("▒", each.offset, each.offset + each.length);
  }
  const words = letters.join("").replace(/\s+/g, " ").trim();
  return [message.file && message.file.name, words].filter(Boolean).join(" · ") || "…";
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

// ---- One phone

class Phone {
  constructor(id) {
    this.id = id;
    this.element = grow("phone-template");
    this.tab = make("button", "tab");
    this.tab.dataset.testid = "tab";
    this.tab.append(make("span", "tab-name"), make("span", "badge loud"), make("span", "badge quiet"));
    this.unread = new Map();
    this.chat = id;
    this.replying = null;
    this.attached = null;
    this.pressed = null;
    for (const [name, selector] of Object.entries({
      log: ".log", composer: ".composer", input: "textarea", commands: ".commands",
      offers: ".offers", push: ".push",
      replyBar: ".reply-bar", fileBar: ".file-bar", fileInput: "input[type=file]",
      toastBox: ".toast", veil: ".veil", typingBox: ".typing", instead: ".instead",
      chatTabs: ".chats", menuButton: ".menu", moreButton: ".more", moreMenu: ".more-menu",
    })) this[name] = this.element.querySelector(selector);
    this.listen();
  }

  listen() {
    const on = (selector, kind, doing) =>
      this.element.querySelector(selector).addEventListener(kind, doing);
    this.tab.addEventListener("click", () => activate(this, true));
    this.element.addEventListener("pointerdown", () => activate(this));
    this.element.addEventListener("focusin", () => activate(this));
    this.composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("input", () => {
      this.fit();
      this.offer();
      this.ask();
    });
    this.log.addEventListener("keydown", (event) => this.walk(event));
    // Whoever reads the end keeps reading it when the text field grows or the phone is turned.
    this.log.addEventListener("scroll", () => {
      if (this.log.clientHeight) this.atEnd = this.isAtEnd();
    });
    new ResizeObserver(() => this.atEnd && this.scroll()).observe(this.log);
    this.fileInput.addEventListener("change", () => this.attach(this.fileInput.files[0]));
    on(".reply-bar button", "click", () => this.replyTo(null));
    on(".file-bar button", "click", () => this.attach(null));
    on(".push-close", "click", () => this.hidePush());
    on(".alert button", "click", () => this.closeAlert());
    on(".alert", "keydown", (event) => event.key === "Escape" && this.closeAlert());
    this.menuButton.addEventListener("click", () => this.offer(this.commands.hidden));
    for (const list of [this.commands, this.offers]) {
      list.addEventListener("keydown", (event) => this.listKey(list, event));
    }
    this.moreButton.addEventListener("click", () => this.openMore(this.moreMenu.hidden));
    this.moreMenu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.openMore(false);
      this.moreButton.focus();
    });
    on(".block", "click", () => {
      this.openMore(false);
      act(this, "block");
    });
    on("[data-testid=unblock]", "click", () => act(this, "unblock"));
  }

  openMore(open) {
    this.moreMenu.hidden = !open;
    this.moreButton.setAttribute("aria-expanded", String(open));
    if (open) this.moreMenu.querySelector("button").focus();
  }

  // All a phone knows comes at once when the page opens, and again when chats or menus change.
  take(data, number) {
    const before = this.chats?.get(this.chat)?.messages;
    const shown = before?.length ? JSON.stringify(before) : null;
    this.data = data;
    this.chats = new Map(data.chats.map((chat) => [chat.id, chat]));
    if (!this.chats.has(this.chat)) this.chat = this.id;
    const language = data.language ? languages.of(data.language) : "no language";
    this.element.dataset.phone = this.id;
    this.element.dataset.name = data.name;
    this.element.dataset.hue = number % 6;
    this.tab.dataset.hue = number % 6;
    this.element.setAttribute("aria-label", `${data.name}'s phone`);
    this.element.querySelector(".face").textContent = [...data.name][0];
    this.element.querySelector("h2").textContent = data.name;
    this.element.querySelector(".about-owner").textContent =
      [data.role, language].filter(Boolean).join(" · ");
    this.tab.querySelector(".tab-name").textContent = data.name;
    this.tab.setAttribute("aria-label", `${data.name}'s phone`);
    this.moreButton.setAttribute("aria-label", `More on ${data.name}'s phone`);
    this.input.setAttribute("aria-label", `Message from ${data.name}`);
    this.log.lang = data.language || "und";
    this.showChats();
    // Whoever selects a text, or has come to a button by the keyboard, is not thrown out of it.
    if (shown && shown === JSON.stringify(this.chats.get(this.chat).messages)) {
      this.showComposer();
      return;
    }
    const reading = this.atEnd === false ? this.log.scrollTop : null;
    this.showChat();
    if (reading !== null) this.log.scrollTop = reading;
  }

  showChats() {
    this.chatTabs.hidden = this.chats.size < 2;
    this.chatTabs.replaceChildren(...[...this.chats.values()].map((chat) => {
      const tab = make("button", "chat-tab", chat.title || this.data.bot);
      tab.dataset.testid = "chat-tab";
      tab.dataset.chat = chat.id;
      tab.type = "button";
      tab.setAttribute("role", "tab");
      tab.append(make("span", "badge"));
      tab.addEventListener("click", () => this.enter(chat.id));
      return tab;
    }));
    this.markChats();
  }

  // The tabs stay the same: the one that is pressed is marked between pressing and releasing it.
  markChats() {
    for (const tab of this.chatTabs.children) {
      const id = Number(tab.dataset.chat);
      const { loud = 0, silent = 0 } = this.unread.get(id) || {};
      const badge = tab.querySelector(".badge");
      tab.setAttribute("aria-selected", String(id === this.chat));
      badge.className = loud ? "badge loud" : "badge quiet";
      badge.textContent = loud + silent || "";
      badge.hidden = !badge.textContent;
    }
  }

  enter(id) {
    this.chat = id;
    this.unread.delete(id);
    this.replyTo(null);
    this.markChats();
    this.showChat();
  }

  showChat() {
    const chat = this.chats.get(this.chat);
    this.log.setAttribute("aria-label", `${this.data.name}'s chat: ${chat.title || this.data.bot}`);
    this.input.placeholder = chat.type === "channel" ? "Post" : "Message";
    this.log.replaceChildren();
    this.lastDay = "";
    if (chat.messages.length === 0) this.log.append(this.welcome(chat));
    for (const message of chat.messages) this.append(message);
    this.scroll();
    this.showComposer();
    this.offer(false);
    this.ask();
  }

  showComposer() {
    const chat = this.chats.get(this.chat);
    this.composer.hidden = chat.blocked || !chat.writes;
    this.instead.hidden = !this.composer.hidden;
    this.instead.querySelector("p").textContent =
      chat.blocked ? "The bot is blocked." : "Only administrators write here.";
    this.instead.querySelector("button").hidden = !chat.blocked;
    this.moreButton.hidden = chat.blocked || !chat.started || chat.type !== "private";
    this.menuButton.hidden = chat.commands.length === 0;
  }

  welcome(chat) {
    const welcome = make("div", "welcome");
    welcome.append(make("h3", "", chat.title || this.data.bot));
    if (chat.type === "private") {
      if (this.data.about) welcome.append(make("p", "", this.data.about));
      const start = make("button", "main", "Start");
      start.dataset.testid = "start";
      start.addEventListener("click", () => this.say("/start"));
      welcome.append(start);
    }
    return welcome;
  }

  // ---- Messages

  append(message) {
    const then = new Date(message.date * 1000);
    const today = day.format(then);
    if (today !== this.lastDay) {
      this.log.append(make("p", "day", today));
      this.lastDay = today;
    }
    this.log.querySelector(".welcome")?.remove();
    this.log.append(this.elementOf(message));
  }

  elementOf(message) {
    if (message.service) return make("p", "service", message.service);
    const chat = this.chats.get(this.chat);
    const mine = message.from === this.id;
    const element = grow("message-template");
    element.dataset.id = message.id;
    element.classList.toggle("mine", mine);
    element.classList.toggle("bot", message.bot);
    element.dataset.silent = message.silent;
    const find = (selector) => element.querySelector(selector);
    const sender = find(".sender");
    sender.textContent = message.name;
    sender.hidden = mine || chat.type !== "group" && chat.type !== "supergroup";
    find(".via").textContent = `via @${message.via}`;
    find(".via").hidden = !message.via;
    writeText(this, find(".text"), message.text, message.entities);
    find(".text").hidden = !message.text;
    this.showQuote(find(".quote"), message.reply);
    this.showFile(find(".file"), message.file);
    this.showMeta(find(".meta"), message, mine);
    find(".keyboard").append(...message.buttons.map((row) => this.row(row, message)));
    const [reply, remove] = element.querySelectorAll(".tools button");
    const words = preview(message).slice(0, 40);
    reply.setAttribute("aria-label", `Reply to: ${words}`);
    remove.setAttribute("aria-label", `Delete: ${words}`);
    reply.addEventListener("click", () => this.replyTo(message));
    remove.addEventListener("click", () =>
      act(this, "delete", { chat: this.chat, message: message.id }));
    return element;
  }

  showQuote(quote, reply) {
    if (!reply) return;
    quote.hidden = false;
    quote.querySelector("b").textContent = reply.name;
    quote.querySelector("span").textContent = reply.text || "…";
    quote.addEventListener("click", () => {
      const original = this.find(reply.id);
      original?.scrollIntoView({ block: "center", behavior: "smooth" });
      original?.classList.add("found");
      setTimeout(() => original?.classList.remove("found"), 1500);
    });
  }

  showFile(link, file) {
    if (!file) return;
    link.hidden = false;
    link.href = `/files/${encodeURIComponent(file.id)}`;
    link.querySelector("b").textContent = file.name;
    link.querySelector("small").textContent = size(file.size);
  }

  showMeta(meta, message, mine) {
    const mark = (name, label) => {
      const span = make("span", "mark");
      span.title = label;
      span.append(icon(name), make("span", "unseen", label));
      meta.append(span);
    };
    if (message.silent) mark("silent", "sent silently");
    if (message.protected) mark("lock", "cannot be forwarded");
    if (message.edited) meta.append(make("span", "edited", "edited"));
    const time = make("time", "", hour.format(new Date(message.date * 1000)));
    time.dateTime = new Date(message.date * 1000).toISOString();
    meta.append(time);
    if (mine) mark("check", "sent");
  }

  row(buttons, message) {
    const row = make("div", "row");
    for (const each of buttons) {
      const isLink = each.kind === "url";
      const button = make(isLink ? "a" : "button", `key ${each.style}`);
      button.dataset.testid = "button";
      button.append(make("span", "", each.text));
      button.dir = "auto";
      if (isLink) {
        linkTo(this, button, each.value);
        button.append(icon("link"));
      } else {
        button.addEventListener("click", () => this.press(button, each, message));
      }
      row.append(button);
    }
    return row;
  }

  async press(button, key, message) {
    if (key.kind === "copy_text") {
      await navigator.clipboard.writeText(key.value);
      this.toast("Copied");
      return;
    }
    if (key.kind !== "callback_data") return;
    button.setAttribute("aria-busy", "true");
    this.pressed = button;
    this.hidePush();
    setTimeout(() => button.removeAttribute("aria-busy"), 10000);
    const body = { chat: this.chat, message: message.id, data: key.value };
    if (!(await act(this, "press", body))) button.removeAttribute("aria-busy");
  }

  find(id) {
    return this.log.querySelector(`.message[data-id="${id}"]`);
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
  }

  scroll() {
    this.atEnd = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  // The keyboard's way to what the pointer finds on a message.
  walk(event) {
    const messages = [...this.log.querySelectorAll(".message")];
    const at = messages.indexOf(document.activeElement);
    const tools = (name) => messages[at]?.querySelector(`[data-testid=${name}]`);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp") (messages[at < 0 ? messages.length - 1 : at - 1] || this.log).focus();
    else if (event.key === "ArrowDown") (messages[at + 1] || this.log).focus();
    else if (event.key === "r" && at >= 0) tools("reply").click();
    else if (event.key === "Delete" && at >= 0) {
      tools("delete").click();
      this.log.focus();
    } else return;
    event.preventDefault();
  }

  // ---- What happens

  hear(change) {
    const chat = this.chats.get(change.chat);
    if (change.type === "typing") return this.typing(chat);
    if (change.type === "delete") {
      chat.messages = chat.messages.filter((each) => each.id !== change.message);
      if (this.pushed === `${chat.id}/${change.message}`) this.hidePush();
      if (this.replying?.id === change.message) this.replyTo(null);
      if (chat.id === this.chat) this.find(change.message)?.remove();
      return undefined;
    }
    const message = change.message;
    if (change.type === "edit") {
      chat.messages = chat.messages.map((each) => (each.id === message.id ? message : each));
      if (chat.id === this.chat) this.replace(message);
      return undefined;
    }
    chat.messages.push(message);
    chat.started = true;
    const end = this.atEnd || message.from === this.id;
    if (message.from !== this.id && !message.service) this.notify(chat, message);
    if (chat.id !== this.chat) return undefined;
    this.typingBox.hidden = true;
    this.append(message);
    // Last, for a notification takes room from the chat.
    if (end) this.scroll();
    this.moreButton.hidden = chat.type !== "private" || chat.blocked;
    if (message.wants_reply && message.bot) this.replyTo(message);
    return undefined;
  }

  replace(message) {
    const old = this.find(message.id);
    if (!old) return;
    const end = this.atEnd;
    const inside = old.contains(document.activeElement);
    const fresh = this.elementOf(message);
    old.replaceWith(fresh);
    fresh.classList.add("changed");
    // Whoever pressed a button with the keyboard stays where it was.
    if (inside) (fresh.querySelector(".key") || this.log).focus({ preventScroll: true });
    if (end) this.scroll();
  }

  typing(chat) {
    if (chat.id !== this.chat) return;
    this.typingBox.hidden = false;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => (this.typingBox.hidden = true), 5000);
  }

  notify(chat, message) {
    // Whoever is reading a chat is told nothing by the phone, as at Telegram.
    if (active === this && chat.id === this.chat && document.hasFocus()) return;
    this.push.hidden = false;
    this.push.classList.toggle("quiet", message.silent);
    this.push.dataset.silent = message.silent;
    this.push.querySelector("use").setAttribute("href", message.silent ? "#i-silent" : "#i-bell");
    this.push.querySelector("b").textContent = chat.title || this.data.bot;
    this.push.querySelector(".push-kind").textContent = message.silent ? "silent" : "";
    this.push.querySelector("time").textContent = hour.format(new Date(message.date * 1000));
    this.push.querySelector(".push-text").textContent = preview(message);
    this.push.setAttribute("aria-label", `Notification on ${this.data.name}'s phone`);
    this.pushed = `${chat.id}/${message.id}`;
    if (active === this && chat.id === this.chat) return;
    const count = this.unread.get(chat.id) || { loud: 0, silent: 0 };
    count[message.silent ? "silent" : "loud"] += 1;
    this.unread.set(chat.id, count);
    this.showUnread();
  }

  hidePush() {
    this.push.hidden = true;
    this.pushed = null;
  }

  showUnread() {
    const counts = [...this.unread.values()];
    for (const [kind, selector, label] of [
      ["loud", ".badge.loud", "unread"],
      ["silent", ".badge.quiet", "unread, silent"],
    ]) {
      const sum = counts.reduce((total, each) => total + each[kind], 0);
      for (const place of [this.element.querySelector(`.phone-head ${selector}`),
                           this.tab.querySelector(selector)]) {
        place.hidden = sum === 0;
        place.replaceChildren();
        if (kind === "silent") place.append(icon("silent"));
        place.append(String(sum), make("span", "unseen", ` ${label}`));
      }
    }
    this.markChats();
  }

  read() {
    if (!this.unread.delete(this.chat)) return;
    this.showUnread();
  }

  answer(text, alert) {
    this.pressed?.removeAttribute("aria-busy");
    if (!text) return;
    if (!alert) {
      this.toast(text);
      return;
    }
    this.before = document.activeElement;
    this.veil.querySelector("p").textContent = text;
    this.veil.hidden = false;
    this.veil.querySelector("button").focus();
  }

  closeAlert() {
    this.veil.hidden = true;
    this.before?.focus();
  }

  toast(text) {
    this.toastBox.textContent = text;
    this.toastBox.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (this.toastBox.hidden = true), 3500);
  }

  // ---- Writing

  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 160)}px`;
    this.composer.classList.toggle("ready", Boolean(this.input.value.trim() || this.attached));
  }

  put(text) {
    this.input.value = text;
    this.fit();
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
    this.offer(false);
    this.ask();
  }

  replyTo(message) {
    this.replying = message;
    this.replyBar.hidden = !message;
    if (!message) return;
    this.replyBar.querySelector("b").textContent = message.name;
    this.replyBar.querySelector("span").textContent = preview(message).slice(0, 120);
    this.input.focus();
  }

  attach(file) {
    this.attached = file || null;
    this.fileBar.hidden = !file;
    if (file) {
      this.fileBar.querySelector("b").textContent = file.name;
      this.fileBar.querySelector("span").textContent = size(file.size);
    } else {
      this.fileInput.value = "";
    }
    this.fit();
    this.input.focus();
  }

  say(text) {
    const reply = this.replying ? { reply_to: this.replying.id } : {};
    this.hidePush();
    return act(this, "say", { text, chat: this.chat, ...reply });
  }

  async send() {
    const text = this.input.value.trim();
    const file = this.attached;
    if (!text && !file) return;
    this.offer(false);
    let done;
    if (file) {
      const query = { name: file.name, chat: this.chat };
      if (text) query.caption = text;
      if (this.replying) query.reply_to = this.replying.id;
      done = await act(this, "file", file, query);
    } else {
      done = await this.say(text);
    }
    if (!done) return;
    this.replyTo(null);
    if (file) this.attach(null);
    if (this.input.value.trim() === text) this.input.value = "";
    this.fit();
    this.ask();
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") {
      if (!this.commands.hidden || !this.offers.hidden) {
        this.offer(false);
        this.showOffer(null);
      } else this.replyTo(null);
    } else if (event.key === "ArrowDown") {
      const list = [this.commands, this.offers].find((each) => !each.hidden);
      if (!list) return;
      event.preventDefault();
      list.querySelector("button").focus();
    }
  }

  // The menu of commands: all of them by its button, those that fit while one is typed.
  offer(all) {
    const chat = this.chats.get(this.chat);
    const typed = this.input.value;
    const fits = (name) => all || (all === undefined && `/${name}`.startsWith(typed));
    const wanted = all || (all === undefined && /^\/\w*$/.test(typed));
    const offered = wanted ? chat.commands.filter((each) => fits(each.command)) : [];
    this.commands.replaceChildren(...offered.map((each) => {
      const button = make("button", "command");
      button.type = "button";
      button.dataset.testid = "command";
      button.setAttribute("role", "menuitem");
      button.append(make("b", "", `/${each.command}`), make("span", "", each.description));
      button.addEventListener("click", () => {
        this.offer(false);
        this.put("");
        this.say(`/${each.command}`);
      });
      return button;
    }));
    this.commands.hidden = offered.length === 0;
    this.menuButton.setAttribute("aria-expanded", String(!this.commands.hidden));
    if (all && offered.length) this.commands.querySelector("button").focus();
  }

  // The bot's name and some words, in any chat: the bot is asked at every pause in typing.
  asked() {
    const typed = this.input.value;
    const name = `@${bot} `;
    return typed.toLowerCase().startsWith(name.toLowerCase()) ? typed.slice(name.length).trim() : null;
  }

  ask() {
    clearTimeout(this.askTimer);
    const words = this.asked();
    if (words === null) {
      this.showOffer(null);
      return;
    }
    this.askTimer = setTimeout(() => act(this, "type", { text: words, chat: this.chat }), 350);
  }

  // What comes late, when other words stand there already, is not shown.
  takeOffer(line) {
    if (line.text === this.asked()) this.showOffer(line);
  }

  showOffer(line) {
    const results = (line?.results || []).map((each) =>
      this.entry("offered", each.title, each.description, () => {
        this.put("");
        act(this, "share", { result: each.id, chat: this.chat });
      }));
    const above = line?.button ? [this.entry("offer-button", line.button.text, "", () => {
      this.put("");
      this.follow(`https://t.me/${bot}?start=${line.button.start_parameter}`);
    })] : [];
    this.list(above.concat(results));
  }

  // In which chat shall the link be?
  choose(link) {
    this.list([...this.chats.values()].filter((chat) => chat.writes && !chat.blocked).map((chat) =>
      this.entry("offered", chat.title || this.data.bot, `Send ${link} here`, () => {
        this.list([]);
        this.enter(chat.id);
        this.say(link);
      })));
    this.offers.querySelector("button")?.focus();
  }

  entry(kind, title, description, doing) {
    const button = make("button", kind);
    button.type = "button";
    button.dataset.testid = kind;
    button.dir = "auto";
    button.setAttribute("role", "menuitem");
    button.append(make("b", "", title));
    if (description) button.append(make("span", "", description));
    button.addEventListener("click", doing);
    return button;
  }

  list(entries) {
    this.offers.replaceChildren(...entries);
    this.offers.hidden = entries.length === 0;
  }

  // A link to the bot leads to the chat with it.
  follow(link) {
    if (this.chat !== this.id) this.enter(this.id);
    act(this, "open", { link });
  }

  listKey(list, event) {
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "ArrowDown") buttons[Math.min(at + 1, buttons.length - 1)].focus();
    else if (event.key === "ArrowUp") (at > 0 ? buttons[at - 1] : this.input).focus();
    else if (event.key === "Escape") {
      this.offer(false);
      this.showOffer(null);
      this.input.focus();
    } else return;
    event.preventDefault();
  }
}

function activate(phone, move) {
  if (active !== phone) {
    active = phone;
    for (const each of phones.values()) {
      const is = each === phone;
      each.element.classList.toggle("active", is);
      each.tab.setAttribute("aria-pressed", String(is));
    }
  }
  phone.read();
  if (!move) return;
  phone.element.scrollIntoView({ inline: "center", block: "nearest" });
  phone.scroll();
  if (matchMedia("(hover: hover)").matches) phone.input.focus({ preventScroll: true });
}

// ---- The tour

let shownSteps = "";

function showTour(steps) {
  if (shownSteps === JSON.stringify(steps)) return;
  shownSteps = JSON.stringify(steps);
  $("tour").hidden = steps.length === 0;
  const now = steps.findIndex((step) => !step.done);
  $("tour-where").textContent =
    now < 0 ? "all done" : `${now + 1} of ${steps.length}: ${steps[now].title}`;
  $("steps").replaceChildren(...steps.map((step, number) => {
    const item = grow("step-template");
    item.classList.toggle("done", step.done);
    item.classList.toggle("now", number === now);
    if (number === now) item.setAttribute("aria-current", "step");
    item.dataset.done = step.done;
    const mark = item.querySelector(".step-mark");
    if (step.done) mark.append(icon("check"));
    else mark.textContent = number + 1;
    item.querySelector("h3").textContent = step.title;
    if (step.done) item.querySelector("h3").append(make("span", "unseen", " (done)"));
    item.querySelector(".step-text").textContent = step.text;
    const phone = phones.get(step.phone);
    const quote = item.querySelector("blockquote");
    const put = item.querySelector(".step-put");
    quote.hidden = !step.message;
    put.hidden = !phone;
    if (step.message) quote.textContent = step.message;
    if (step.message?.length > 150) quote.tabIndex = 0; // it scrolls, so the keyboard must reach it
    if (phone) {
      const name = phone.data.name;
      const isLink = step.message && isBotLink(step.message);
      put.textContent = !step.message ? `Go to ${name}'s phone`
        : isLink ? `Open this link on ${name}'s phone` : `Put this text into ${name}'s phone`;
      put.addEventListener("click", () => {
        if (!matchMedia("(min-width: 760px)").matches) $("tour").open = false;
        activate(phone, true);
        if (isLink) act(phone, "open", { link: step.message });
        else if (step.message) phone.put(step.message);
      });
    }
    return item;
  }));
}

// ---- Living

function takeEverything(data) {
  bot = data.bot.username;
  $("banner").hidden = !data.banner;
  $("banner").textContent = data.banner;
  const ids = data.phones.map((each) => each.id);
  data.phones.forEach((each, number) => {
    if (!phones.has(each.id)) phones.set(each.id, new Phone(each.id));
    phones.get(each.id).take(each, number);
  });
  if (ids.join() !== order.join()) {
    order = ids;
    for (const id of phones.keys()) if (!ids.includes(id)) phones.delete(id);
    $("phones").replaceChildren(...ids.map((id) => phones.get(id).element));
    $("tabs").replaceChildren(...ids.map((id) => phones.get(id).tab));
    if (ids.length && !ids.includes(active?.id)) activate(phones.get(ids[0]));
    for (const phone of phones.values()) {
      phone.showUnread();
      phone.scroll();
    }
  }
  showTour(data.tour);
}

function hear(line) {
  if (line.type === "everything") takeEverything(line);
  else if (line.type === "tour") showTour(line.tour);
  else if (line.type === "offer") phones.get(line.phone)?.takeOffer(line);
  else if (line.type === "answer") phones.get(line.phone)?.answer(line.text, line.alert);
  else {
    for (const phone of phones.values()) if (phone.chats.has(line.chat)) phone.hear(line);
  }
}

// An element that is made anew between pressing and releasing never hears of the click, and one
// that has moved hears of somebody else's. So nothing changes until the finger is lifted.
let pressed = false;
const later = [];

function listen(line) {
  if (pressed) later.push(line);
  else hear(line);
}

function lift() {
  pressed = false;
  for (const line of later.splice(0)) hear(line);
}

addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel", "contextmenu", "blur"]) {
  // The click itself comes after the release.
  addEventListener(end, () => setTimeout(lift), true);
}

let wait = 250;

function connect() {
  const socket = new WebSocket(`ws://${location.host}/live`);
  const status = (text, state) => {
    $("connection").textContent = text;
    $("connection").dataset.state = state;
  };
  socket.addEventListener("open", () => {
    wait = 250;
    status("live", "live");
  });
  socket.addEventListener("message", (event) => listen(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    status("reconnecting…", "lost");
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 5000);
  });
}

document.addEventListener("pointerdown", (event) => {
  for (const phone of phones.values()) {
    if (!phone.moreMenu.hidden && !event.target.closest(".more, .more-menu")) phone.openMore(false);
    if (phone.element.contains(event.target)) continue;
    if (!phone.commands.hidden) phone.offer(false);
    // What the bot offers stands as long as the words do that it answers.
    if (!phone.offers.hidden && phone.asked() === null) phone.list([]);
  }
});

if (matchMedia("(min-width: 760px)").matches) $("tour").open = true;
connect();
