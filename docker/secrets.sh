#!/bin/sh
# Makes the secrets that docker-compose.yml mounts: docker/secrets, passwords of 192 random bits. What is there already
# stays as it is. The folder is for its owner only; the files have to be readable by the users in the containers.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

# make NAME: keeps what is there; else takes it from standard input.
make() {
  if [ -e "$1" ]; then
    cat >/dev/null
  else
    cat >"$1.new"
    chmod 644 "$1.new"
    mv "$1.new" "$1"
  fi
}
password() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

password | make postgres_password
password | make parley_password
password | make redis_password
printf 'postgres://parley:%s@postgres:5432/parley\n' "$(cat parley_password)" | make database_url
printf 'redis://:%s@redis:6379\n' "$(cat redis_password)" | make redis_url
printf 'requirepass %s\n' "$(cat redis_password)" | make redis.conf
