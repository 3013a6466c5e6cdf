#!/usr/bin/env bash
# 建好一个运行环境。用法：scripts/setup.sh brain（Rasa，Python 3.10）| library（luebao 单独，Python 3.12）| front（面向市民的服务，Python 3.12）
# 只需要 make、bash、python3 和能访问 PyPI；uv 固定版本装在 .tools/，不动系统。
set -euo pipefail
cd "$(dirname "$0")/.."
UV_VERSION=0.13.9
export UV_SYSTEM_CERTS=1  # 机关网络常有自己的证书，信任系统信任的

say() { printf '\033[36m▸ %s\033[0m\n' "$*" >&2; }
die() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

uv_ready() { [ "$("$1" --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ]; }

find_uv() {
  if uv_ready .tools/bin/uv; then echo .tools/bin/uv; return; fi
  if uv_ready uv; then command -v uv; return; fi
  command -v python3 >/dev/null || die "找不到 python3。请先安装：apt-get install python3 python3-venv"
  say "安装 uv $UV_VERSION 到 .tools/"
  python3 -m venv .tools >&2 || die "python3 建不了虚拟环境。请先安装：apt-get install python3-venv"
  .tools/bin/python -m pip install -q --disable-pip-version-check "uv==$UV_VERSION" >&2 \
    || die "装不上 uv。请检查能否访问 PyPI（pip config list）"
  echo .tools/bin/uv
}

# An interpreter of the given minor version: one that is there (system or pyenv), else from uv, else from pyenv.
find_python() {
  local uv=$1 version=$2 found candidate
  found=$("$uv" python find --no-python-downloads --no-project "$version" 2>/dev/null) && { echo "$found"; return; }
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python; do
    [ -x "$candidate" ] && { echo "$candidate"; return; }
  done
  say "下载 Python $version"
  "$uv" python install "$version" >&2 && { "$uv" python find --no-project "$version"; return; }
  if command -v pyenv >/dev/null; then
    pyenv install -s "$version" >&2 && { ls -d "$(pyenv root)/versions/$version".*/bin/python | tail -n 1; return; }
  fi
  die "没有 Python $version，也下载不到。请用 pyenv install $version 或系统软件包装好后再试"
}

case "${1:-}" in
  brain)   version=3.10 folder=.venv groups=(--group rasa --group dev) ;;
  library) version=3.12 folder=.venv-library groups=(--group dev) ;;
  front)   version=3.12 folder=front/.venv groups=(--project front --group dev) ;;
  *)       die "用法：scripts/setup.sh brain|library|front" ;;
esac

UV=$(find_uv)
PYTHON=$(find_python "$UV" "$version")
[ -x "$folder/bin/python" ] || say "建立环境 $folder（Python $version，首次约需下载 $([ "$1" = brain ] && echo 500 || echo 30) MB）"
UV_PROJECT_ENVIRONMENT=$PWD/$folder "$UV" sync --quiet --locked --no-python-downloads --python "$PYTHON" --no-default-groups "${groups[@]}" \
  || die "依赖没有装全。请检查网络后再执行一次；仍不行请看上面 uv 的说明"
