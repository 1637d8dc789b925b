# 小灶 Xiaozao.  CPU:  docker build -t xiaozao .
#               CUDA: docker build -t xiaozao --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu130 .
# Run:  docker run -p 127.0.0.1:7860:7860 -e XIAOZAO_PASSWORD=choose-one -v xiaozao:/data xiaozao
FROM python:3.12-slim

ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 XIAOZAO_HOME=/data
WORKDIR /app

COPY constraints.txt ./
RUN pip install -c constraints.txt pip \
 && pip install -c constraints.txt --no-deps torch --index-url ${TORCH_INDEX}
COPY pyproject.toml README.md LICENSE ./
COPY studio studio
# What is installed is whole: without the sources beside it nothing can be taken from them by mistake.
RUN pip install -c constraints.txt --build-constraint constraints.txt . && rm -r build studio *.egg-info

RUN useradd --create-home owner && mkdir /data && chown owner /data
USER owner
VOLUME /data
EXPOSE 7860
HEALTHCHECK --start-period=30s CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/healthz')"
# Inside a container every address is foreign, so a password is needed: give it as XIAOZAO_PASSWORD.
CMD ["xiaozao", "serve", "--host", "0.0.0.0", "--port", "7860"]
