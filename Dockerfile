# The app on a server without a GPU:
#
#     docker build -t style-transfer . && docker run --rm -p 7860:7860 style-transfer
#
# Hugging Face Spaces do not use this file: the README's front matter makes the Space a Gradio one.
FROM python:3.12-slim

# Spaces and most hosts run containers as user 1000; the user's home is where caches go.
RUN useradd --create-home --uid 1000 user
WORKDIR /home/user/app

# The versions of requirements.txt, torch's without CUDA: "2.11.0+cpu" satisfies "==2.11.0" and is
# preferred to the "2.11.0" of PyPI, which brings gigabytes of CUDA's libraries.
COPY requirements.txt .
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
    -r requirements.txt

COPY app.py LICENSE ./
COPY nst nst
COPY web web
COPY examples examples

# VGG19's weights are kept in HF_HOME if somebody asks for them: mount a volume there to keep them.
RUN install -d -o user -g user /home/user/.cache /home/user/.cache/huggingface
USER user
ENV HOME=/home/user \
    HF_HOME=/home/user/.cache/huggingface \
    GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_SERVER_PORT=7860 \
    GRADIO_ANALYTICS_ENABLED=False \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
EXPOSE 7860

HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['GRADIO_SERVER_PORT'] + '/gradio_api/app_id', timeout=5)"]

# Without a shell between, so that `docker stop` reaches the app, which then ends its run.
CMD ["python", "app.py"]
