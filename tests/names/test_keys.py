"""The keys a person is filed under."""

from names import ALGORITHM, keys_of, read


def test_a_person_is_filed_under_few_small_keys() -> None:
    keys = keys_of(["Ядвіга Пятроўна Шаўчук-Лазоўская", "Yadviga Shauchuk-Lazouskaya"])
    assert 10 <= len(keys) <= 96
    assert all(0 <= key < 2**31 for key in keys)
    assert ALGORITHM >= 1


def test_the_keys_of_many_forms_are_bounded() -> None:
    many = [f"Марта {a}{b}{c}ыцкая" for a in "бвгдк" for b in "аоуіэ" for c in "лмнрст"]
    assert len(keys_of(many)) == 96


def test_the_order_of_the_forms_does_not_matter() -> None:
    assert keys_of(["Марта Крук", "Marta Kruk"]) == keys_of(["Marta Kruk", "Марта Крук"])


def test_a_name_without_letters_has_no_keys() -> None:
    assert keys_of(["", "???", "\ud83d"]) == frozenset()


def test_a_question_meets_the_keys_of_its_person_in_the_first_tier() -> None:
    assert keys_of(["Марта Вярбіцкая"]) & set(read("что с Мартой Вербицкой").tiers[0])


def test_a_name_of_vowels_has_keys_too() -> None:
    assert keys_of(["Ева Оая"]) & set(read("Оая").keys)
