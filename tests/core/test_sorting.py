import pytest

from core.sorting import LENGTH, sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Northgate", "northgate"),
        ("  Éclair  Söhne ", "eclair sohne"),
        ("北京家居", "bei jing jia ju"),
        ("重庆商贸", "chong qing shang mao"),  # 重 reads chong here, zhong elsewhere
        ("ABC上海", "abc shang hai"),
        ("３Ｍ", "000000003m"),
        ("", ""),
        ("·—…", ""),
    ],
)
def test_a_name_gets_the_key_people_look_it_up_by(name, key) -> None:
    assert sort_key(name) == key


def test_chinese_and_latin_names_stand_in_one_alphabet() -> None:
    names = ["Zhuhai Trade", "上海浦诚", "Ningbo Haichuan", "北门建材"]
    assert sorted(names, key=sort_key) == ["北门建材", "Ningbo Haichuan", "上海浦诚", "Zhuhai Trade"]


def test_numbers_sort_by_value() -> None:
    assert sorted(["Shop 10", "Shop 9", "Shop 09a"], key=sort_key) == ["Shop 9", "Shop 09a", "Shop 10"]


def test_a_second_name_decides_between_equal_first_names() -> None:
    assert sort_key("Ruihe", "瑞和") < sort_key("Ruihe", "瑞华")


def test_the_longest_name_fits_the_column() -> None:
    assert len(sort_key("业" * 200)) <= LENGTH
