FROM python:3.13.7-slim-bookworm AS build
WORKDIR /kit
COPY pyproject.toml README.md LICENSE ./
COPY conformance conformance
COPY spec spec
RUN python -m venv /opt/logout-conformance \
 && /opt/logout-conformance/bin/pip install --no-cache-dir --disable-pip-version-check ".[parallel]"

FROM python:3.13.7-slim-bookworm
COPY --from=build /opt/logout-conformance /opt/logout-conformance
ENV PATH="/opt/logout-conformance/bin:$PATH" PYTHONUNBUFFERED=1 HOME=/tmp
# the folder that a user mounts; without a mount it takes the reports
RUN mkdir /work && chown 1000:1000 /work
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["logout-conformance"]
CMD ["run"]
