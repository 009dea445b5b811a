-- The table of marked logs without partitions: reads any layout below the prefix, the keys of the sample stack's
-- default prefix without a slash too, and reads all of it in every query. For small stores; route53query.sql is the
-- better one. Put the bucket's name in for DNS_LOGS_BUCKET.
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
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('case.insensitive' = 'true', 'ignore.malformed.json' = 'true')
LOCATION 's3://DNS_LOGS_BUCKET/dns-query-logs/'
