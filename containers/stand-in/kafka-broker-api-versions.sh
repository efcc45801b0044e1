#!/bin/bash
# Whether a broker takes connections: kafka-broker-api-versions.sh --bootstrap-server HOST:PORT
exec 3<>"/dev/tcp/${2%:*}/${2#*:}"
