FROM rust:1.95-slim-bookworm AS build
# A C compiler is all that SQLite, libpq and zstd need: they are built from source.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN cargo build --profile dist --locked && mkdir /empty

FROM debian:bookworm-slim
# curl is for the health check, the certificates for a JWKS over https.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/target/dist/jixiao /usr/local/bin/jixiao
COPY --from=build --chown=10001:10001 /empty /data
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV DATABASE_URL=sqlite:///data/jixiao.db JIXIAO_LISTEN=0.0.0.0:8080 JIXIAO_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD curl -fsS http://127.0.0.1:8080/readyz > /dev/null || exit 1
ENTRYPOINT ["jixiao"]
CMD ["serve"]
