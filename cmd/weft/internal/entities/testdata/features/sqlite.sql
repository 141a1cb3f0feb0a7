create table tenants (id integer primary key autoincrement, name text not null);
create table people (
  tenant_id integer not null references tenants,
  id integer not null,
  email varchar(80) not null,
  nick text,
  manager_id integer,
  mood text not null default 'ok' constraint people_mood_check check (mood in ('sad', 'ok')),
  born date, seen datetime, written timestamp, flag boolean not null default 1,
  height decimal(10,3), ratio double, token uuid, data json, photo blob, untyped, odd fancy(3),
  full_name text generated always as (upper(email)) stored,
  primary key (tenant_id, id), unique (tenant_id, email),
  foreign key (tenant_id, manager_id) references people (tenant_id, id),
  check (length(email) > 3)
);
create index people_nick_lower on people (lower(nick));
create unique index people_nick_live on people (nick) WHERE nick is not null;
create table profiles (user_id integer primary key references tenants on delete cascade, text text not null);
create table numbers (n int not null primary key, name text);
create table tenant_tags (tenant_id integer not null references tenants on delete cascade, tag_id text not null references tags on delete cascade, primary key (tenant_id, tag_id));
create table tags (code text not null primary key);
create view tenant_names as select id, name, length(name) as size, 1.5 * length(name) as half from tenants;

insert into tenants (name) values ('one'), ('two');
insert into people (tenant_id, id, email, manager_id, born, seen, written, height, token, data, photo, untyped, odd) values
  (1, 1, 'ann@x', null, '2000-01-02', '2020-01-02 03:04:05', '2020-01-02T03:04:05Z', 1.75, '6f1c1c1e-5d38-4b13-9c9c-0f2b7f0d2a11', '{"a":1}', x'00', x'01', 'x'),
  (1, 2, 'bob@x', 1, null, null, null, null, null, null, null, null, null);
insert into profiles values (1, 'x');
insert into numbers values (7, 'seven');
insert into tags values ('t');
insert into tenant_tags values (1, 't');
