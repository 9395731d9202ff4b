"""A network of 100,000 dealers, made set-wise: names in two scripts, a tree of territories, documents and a log."""

from django.db import connection

DEALERS = 100_000
RARE = "quetzal"  # in one name
COMMON = "trade"  # in one of eight
RARE_ZH = "凤凰"
COMMON_ZH = "建材"

_CITIES = (
    "Hangzhou Ningbo Suzhou Wuxi Shaoxing Jinhua Jiaxing Nanjing Taizhou Huzhou Yangzhou Wenzhou Xuzhou Hefei Wuhu "
    "Milano Torino Como Genova Bologna Verona Padova Napoli Bari Palermo Lyon Lille Nantes Dresden Leipzig"
)
_CITIES_ZH = "杭州 宁波 苏州 无锡 绍兴 金华 嘉兴 南京 台州 湖州 扬州 温州 徐州 合肥 芜湖"
_WORDS = (
    "Ruihe Haichuan Jinting Taihu Pucheng Jianhu Wucheng Nanhu Zhongshan Huangyan Anji Shouxi Delta Aurora Mercato "
    "Fontana Corso Ponte Viola Stella Monte Lago Fiume Bosco Prato Campo Torre Porta Piazza Chiara"
)
_WORDS_ZH = "瑞和 海川 锦庭 太湖 浦诚 鉴湖 婺城 南湖 钟山 黄岩 安吉 瘦西 三角 曙光 市场"
_KINDS = "Trade Living Supplies Hardware Interiors Partners Centre House"
_KINDS_ZH = "商贸 家居 用品 五金 装饰 伙伴 建材 之家"

_TERRITORIES = """
insert into dealers_territory (code, name, name_zh, low, high, depth, is_archived, level, time_zone, parent_id)
select 'WORLD', 'World', '世界', 0, 1010000, 0, false, '', '', null::bigint
union all
select 'R' || r, 'Region ' || r, '大区' || r, r * 101000 - 100999, r * 101000, 1, false, '', '', null
from generate_series(1, 10) as r
union all
select 'P' || r || '-' || p, 'Province ' || r || '.' || p, '省' || r || '-' || p,
       r * 101000 - 100999 + p * 1000, r * 101000 - 100999 + p * 1000 + 999, 2, false, '', '', null
from generate_series(1, 10) as r, generate_series(1, 10) as p
"""
_PARENTS = """
update dealers_territory t set parent_id = p.id from dealers_territory p
where p.depth = t.depth - 1 and t.low > p.low and t.low <= p.high
"""
_DEALERS = """
insert into dealers_dealer (
    public_id, code, name, name_zh, status, tier, segment, home_id, manager_id, currency, time_zone, since,
    registered_name, registration_number, tax_number, legal_representative, capital_currency, network,
    street, city, postal_code, country, phone, website, tags, sort_key, created_at, version)
select substr(md5('d' || i), 1, 14), 'D' || lpad(i::text, 6, '0'), made.name,
       case when i %% 3 = 0 then made.name_zh else '' end,
       (array['active','active','active','active','candidate','suspended','parting','ended'])[1 + i %% 8],
       (array['platinum','gold','silver','bronze',''])[1 + i %% 5],
       (array['wholesale','retail','project','online','service'])[1 + i %% 5],
       homes.ids[1 + abs(hashint4(i)) %% 100], managers.ids[1 + i %% array_length(managers.ids, 1)], 'CNY', 'UTC',
       case when i %% 10 > 0 then date '2005-01-01' + (i * 7919 %% 7300) end,
       made.name || ' Ltd', 'REG' || i, 'TAX' || lpad((i * 7::bigint)::text, 9, '0'), 'Legal Person ' || i, '',
       '', 'Street ' || i, made.city, lpad((i %% 99999)::text, 5, '0'), (array['CN','IT','FR','DE'])[1 + i %% 4],
       '+86 571 ' || i, '', case when i %% 20 = 0 then array['key', 'coast'] else array[]::text[] end,
       lower(made.name), now() - interval '1 day', 1
from generate_series(1, %(dealers)s) as i,
     (select array_agg(id) as ids from dealers_territory where depth = 2) as homes,
     (select array_agg(id) as ids from dealers_user where name like 'Manager %%') as managers,
     (select string_to_array(%(cities)s, ' ') as cities, string_to_array(%(words)s, ' ') as words,
             string_to_array(%(kinds)s, ' ') as kinds, string_to_array(%(cities_zh)s, ' ') as cities_zh,
             string_to_array(%(words_zh)s, ' ') as words_zh, string_to_array(%(kinds_zh)s, ' ') as kinds_zh) as lists,
     lateral (select lists.cities[1 + i * 31 %% 30] as city,
                     lists.cities[1 + i * 31 %% 30] || ' ' || lists.words[1 + i * 17 %% 29] || ' '
                     || case when i = 77777 then %(rare)s || ' ' else '' end || lists.kinds[1 + i %% 8] as name,
                     lists.cities_zh[1 + i * 31 %% 15] || lists.words_zh[1 + i * 17 %% 14]
                     || case when i = 77775 then %(rare_zh)s else '' end
                     || lists.kinds_zh[1 + i %% 8] as name_zh) as made
"""
_DOCUMENTS = """
insert into dealers_document (
    public_id, dealer_id, kind, title, number, issued_on, expires_on, is_internal, file_name, content_type, size,
    sha256, uploaded_by_id, uploaded_at)
select substr(md5('doc' || d.id), 1, 14), d.id, 'licence', 'Business licence', 'L' || d.id, date '2024-01-01',
       current_date + (d.id * 131 % 900 - 100)::int, false, 'licence.pdf', 'application/pdf', 1000,
       md5(d.id::text), d.manager_id, now()
from dealers_dealer d where d.id % 2 = 0
"""
_CONTACTS = """
insert into dealers_contact (
    public_id, dealer_id, name, duty, title, email, phone, signs_contracts, is_archived)
select substr(md5('c' || d.id), 1, 14), d.id, 'Contact ' || d.legal_representative, 'owner', '',
       'owner' || d.id || '@example.com', '', true, false
from dealers_dealer d
"""
_EVENTS = """
insert into dealers_event (
    at, kind, visibility, dealer_id, actor_id, subject_type, subject_id, subject_public_id, subject_label, reason,
    data, request_id, transaction)
select now() - (e * 40 + d.id % 30) * interval '1 day', 'dealer.changed', 'both', d.id, d.manager_id,
       'dealers.dealer', d.id, d.public_id, d.name, '', '{}', '', 0
from dealers_dealer d, generate_series(0, 1) as e
"""


def build() -> None:
    """Fill an empty database, as its owner. Triggers rest: this is not about how fast history is written."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(_TERRITORIES)
        cursor.execute(_PARENTS)
        cursor.execute(
            _DEALERS,
            {
                "dealers": DEALERS, "rare": RARE.title(), "rare_zh": RARE_ZH, "cities": _CITIES, "words": _WORDS,
                "kinds": _KINDS, "cities_zh": _CITIES_ZH, "words_zh": _WORDS_ZH, "kinds_zh": _KINDS_ZH,
            },
        )  # fmt: skip
        for statement in (_DOCUMENTS, _CONTACTS, _EVENTS):
            cursor.execute(statement)
        cursor.execute("set session_replication_role = origin")
        cursor.execute("vacuum analyze")
