create table tenants (id bigint unsigned auto_increment primary key, name varchar(40) character set utf8mb4 collate utf8mb4_nopad_bin not null) comment='Who pays.' character set utf8mb4 collate utf8mb4_nopad_bin;

create table people (
  tenant_id bigint unsigned not null,
  id int not null,
  email varchar(80) not null,
  nick text comment 'What friends call them; it''s optional',
  manager_id int,
  mood enum('sad','ok','very happy') not null default 'ok',
  flags set('a','b'),
  small tinyint, flag tinyint(1) not null default 1, wide mediumint unsigned,
  height decimal(10,3), ratio float, exact_ratio double,
  born date, woken time, founded year, seen datetime(3), changed timestamp not null default current_timestamp on update current_timestamp,
  token uuid, data json, photo mediumblob, fixed binary(16), place point,
  full_name varchar(80) generated always as (upper(email)) stored,
  score int check (score between 0 and 10),
  primary key (tenant_id, id),
  unique key people_email (tenant_id, email),
  key people_born (born), key people_nick (nick(10)),
  fulltext key people_words (nick),
  constraint people_tenant foreign key (tenant_id) references tenants (id),
  constraint people_boss foreign key (tenant_id, manager_id) references people (tenant_id, id)
) character set utf8mb4 collate utf8mb4_general_ci;

create table passports (
  person_tenant bigint unsigned not null, person_id int not null, number varchar(20) not null,
  primary key (number), unique key one_each (person_tenant, person_id),
  foreign key (person_tenant, person_id) references people (tenant_id, id) on delete cascade
);
create table links (a_id bigint unsigned not null, b_id bigint unsigned not null, primary key (a_id, b_id),
  foreign key (a_id) references tenants (id) on delete cascade, foreign key (b_id) references tenants (id) on delete cascade);
create view tenant_names as select name from tenants;

insert into tenants (name) values ('one'), ('two');
insert into people (tenant_id, id, email, manager_id, flags, small, wide, height, born, woken, founded, seen, token, data, photo, place) values
  (1, 1, 'ann@x', null, 'a,b', -3, 70000, 1.75, '2000-01-02', '07:30:00', 1999, '2020-01-02 03:04:05.678', uuid(), '{"a": 1}', 'x', point(1, 2)), (1, 2, 'bob@x', 1, null, null, null, null, null, null, null, null, null, null, null, null);
insert into passports values (1, 1, 'P1');
insert into links values (1, 2);
