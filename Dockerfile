# The server with the built page. The database and Redis are others' (docker-compose.yml brings all of it).

# The version of .nvmrc: the current long-term release, which `npm run test:nodes` tests.
ARG NODE_VERSION=24.21.0

# Everything, to build with.
FROM node:${NODE_VERSION}-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY server/package.json server/
COPY web/package.json web/
RUN npm ci
COPY nx.json tsconfig.base.json ./
COPY shared shared
COPY server server
COPY web web
RUN npm run build

# Only what the server needs while it runs. The embedded PostgreSQL is an optional dependency, and stays out.
FROM node:${NODE_VERSION}-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY server/package.json server/
COPY web/package.json web/
RUN npm ci --workspace=@parley/server --omit=dev --omit=optional

FROM node:${NODE_VERSION}-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /app/shared/dist shared/dist
COPY --from=build /app/server/dist server/dist
COPY --from=build /app/web/dist web/dist
# Nothing is written: runs with a read-only root.
USER node
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8000}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/dist/main.js"]
