-- Records that could not be marked: why, and the records themselves.
SELECT errorCode, errorMessage, arrivalTimestamp, from_utf8(from_base64(rawData)) AS record
FROM route53query_failures
ORDER BY arrivalTimestamp DESC
LIMIT 100
