"""Functions that tables below rely on: letters and their pairs for search, the history trigger, the append-only guard."""

from django.db import migrations

# Single letters too: one Chinese character is a word. No pairs across a space: a word never contains one.
GRAMS = """
create function core_grams(words text) returns text[] language sql immutable parallel safe as $$
    select coalesce(array_agg(distinct piece), '{}')
    from (
        select substr(words, i, size) as piece
        from generate_series(1, length(words)) as i, generate_series(1, 2) as size
    ) as pieces
    where position(' ' in piece) = 0
$$
"""

# Runs with its owner's rights: a dealer's session may not write history by itself, nor read it. Temporary tables are
# looked at last (otherwise one named core_change would catch the history), and nobody may hang it on a table of his own.
NOTE_CHANGE = """
create function core_note_change() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
    was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    became jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    secret text;
begin
    if was = became then
        return null;
    end if;
    foreach secret in array coalesce(tg_argv, '{}') loop
        if was ? secret then was := jsonb_set(was, array[secret], '"(hidden)"'); end if;
        if became ? secret then became := jsonb_set(became, array[secret], '"(hidden)"'); end if;
    end loop;
    insert into core_change (at, transaction, "table", row_id, operation, before, after, user_id)
    values (clock_timestamp(), pg_current_xact_id()::text::bigint, tg_table_name,
            coalesce((became ->> 'id')::bigint, (was ->> 'id')::bigint), tg_op, was, became,
            nullif(current_setting('app.user_id', true), '')::bigint);
    return null;
end
$$
"""

REFUSE_CHANGE = """
create function core_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end
$$
"""


class Migration(migrations.Migration):
    initial = True
    took_over = ("0007_every_year", "0010_submissions_by_anybody", "0012_quarters_of_an_hour")  # see core/backup.py
    operations = [
        migrations.RunSQL(GRAMS, "drop function core_grams(text)"),
        migrations.RunSQL(NOTE_CHANGE, "drop function core_note_change()"),
        migrations.RunSQL("revoke execute on function core_note_change() from public", migrations.RunSQL.noop),
        migrations.RunSQL(REFUSE_CHANGE, "drop function core_refuse_change()"),
    ]
