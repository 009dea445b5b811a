-- The table of records that could not be marked: Firehose's error records, the original in base64. Put the bucket's
-- name in for DNS_LOGS_BUCKET.
CREATE EXTERNAL TABLE route53query_failures (
  attemptsMade string,
  arrivalTimestamp string,
  errorCode string,
  errorMessage string,
  attemptEndingTimestamp string,
  rawData string,
  lambdaArn string
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('case.insensitive' = 'true', 'ignore.malformed.json' = 'true')
LOCATION 's3://DNS_LOGS_BUCKET/delivery-failures/processing-failed/'
