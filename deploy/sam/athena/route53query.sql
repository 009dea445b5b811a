-- The table of marked logs, one folder a day (StreamOutput3Prefix as it is by default). Partitions are made up from
-- the query's days (partition projection): nothing to add each day, no crawler. Put the bucket's name in for
-- DNS_LOGS_BUCKET. Athena shows and stores names in lower case; queries may write them as here.
--
-- day is the day of arrival in UTC, 2026/11/24. A query without a condition on it reads everything. registeredDomain
-- and match are there with Annotate=Y, else NULL.
CREATE EXTERNAL TABLE route53query (
  version string,
  account_id string,
  region string,
  vpc_id string,
  query_timestamp string,
  query_name string,
  query_type string,
  query_class string,
  rcode string,
  answers array<struct<Rdata:string,Type:string,Class:string>>,
  srcaddr string,
  srcport int,
  transport string,
  srcids struct<instance:string,resolver_endpoint:string,resolver_network_interface:string>,
  isMatchedDomain string,
  firewall_rule_action string,
  firewall_rule_group_id string,
  firewall_domain_list_id string,
  registeredDomain string,
  `match` struct<entry:string,scope:string,lists:array<string>>
)
PARTITIONED BY (day string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('case.insensitive' = 'true', 'ignore.malformed.json' = 'true')
LOCATION 's3://DNS_LOGS_BUCKET/dns-query-logs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '2020/10/01,NOW',
  'storage.location.template' = 's3://DNS_LOGS_BUCKET/dns-query-logs/${day}/'
)
