#!/bin/sh
# A client that logs a device out of an MVPD: POSIX shell, curl and jq. FAULT=name makes one mistake.
set -u

FAULT=${FAULT:-}
DEVICE_INFO='{"model":"Stick","version":"4K","osName":"Linux","osVersion":"6.1"}'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

faulty() { [ "$FAULT" = "$1" ]; }

encoded() { jq -rn --arg text "$1" '$text | @uri'; }
in_base64() { printf %s "$1" | base64 | tr -d '\n'; }

# Adds a header to those of the next call: a file, since a command line can be seen by others.
header() { printf 'header = "%s"\n' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')" >>"$folder/headers"; }

device_headers() {
    if faulty plain-device-identifier; then device=$LOGOUT_DEVICE_ID; else device=$(in_base64 "$LOGOUT_DEVICE_ID"); fi
    if faulty plain-device-info; then info=$DEVICE_INFO; else info=$(in_base64 "$DEVICE_INFO"); fi
    faulty no-device-identifier || header "AP-Device-Identifier: fingerprint $device"
    faulty no-device-info || header "X-Device-Info: $info"
}

endpoint() {
    mvpd=$(encoded "$LOGOUT_MVPD")
    ! faulty mvpd-encoded-twice || mvpd=$(encoded "$mvpd")
    target=$(encoded "$LOGOUT_REDIRECT_URL")
    ! faulty redirect-url-encoded-twice || target=$(encoded "$target")
    ! faulty redirect-url-not-encoded || target=$(printf %s "$LOGOUT_REDIRECT_URL" | sed 's/ /%20/g')
    provider=$(encoded "$LOGOUT_SERVICE_PROVIDER")
    printf %s "$LOGOUT_BASE_URL/api/v2/$provider/logout/$mvpd?redirectUrl=$target"
    ! faulty token-in-url || printf %s "&access_token=$token"
}

# Calls the endpoint once, with any further options of curl; sets status, leaves head and body in the folder.
call() {
    : >"$folder/headers"
    device_headers
    header "Accept: application/json"
    faulty no-authorization || header "Authorization: Bearer $token"
    if ! faulty no-sign-on-token; then
        [ -z "${LOGOUT_SERVICE_TOKEN:-}" ] || header "AD-Service-Token: $LOGOUT_SERVICE_TOKEN"
        [ -z "${LOGOUT_SUBJECT_TOKEN:-}" ] || header "Adobe-Subject-Token: $LOGOUT_SUBJECT_TOKEN"
    fi
    status=$(curl -s -K "$folder/headers" -D "$folder/head" -o "$folder/body" -w '%{http_code}' "$@" "$(endpoint)")
}

fresh_token() {
    curl -s --data grant_type=client_credentials "$LOGOUT_TOKEN_URL" | jq -r .access_token
}

wait_as_asked() {
    after=$(tr -d '\r' <"$folder/head" | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9][0-9]*\)$/\1/p')
    sleep "$((${after:-1} > 1 ? ${after:-1} : 1))"
}

# Calls the endpoint, and calls it again where an answer asks for that.
log_out() {
    token=$LOGOUT_ACCESS_TOKEN
    ! faulty head-first || call --head
    for number in 1 2 3; do
        call
        [ "$status" != 200 ] && [ "$number" != 3 ] || return
        case $status in
        401) faulty same-token-again || token=$(fresh_token) ;;
        429) faulty retries-at-once || wait_as_asked ;;
        *) [ "$(jq -r .action "$folder/body")" = retry ] || return ;;
        esac
    done
}

# Resolves a url against the base URL (RFC 3986, 5): absolute, or a path from the root.
resolved() {
    case $1 in
    /*) printf %s "$(printf %s "$LOGOUT_BASE_URL" | sed 's,^\([a-z]*://[^/]*\).*,\1,')$1" ;;
    *) printf %s "$1" ;;
    esac
}

# Opens a page as a browser does.
open_page() {
    : >"$folder/headers"
    ! faulty token-to-page || header "Authorization: Bearer $LOGOUT_ACCESS_TOKEN"
    ! faulty device-headers-to-page || device_headers
    curl -s -L -K "$folder/headers" -o /dev/null "$(resolved "$1")"
}

# Does what an entry of the answer asks for.
follow() {
    case $1 in
    logout)
        faulty url-not-opened || open_page "$2"
        ! faulty url-opened-twice || open_page "$2"
        ;;
    partner_logout) echo "Please sign out in the settings of this device too." ;;
    complete) ! faulty opens-for-complete || open_page "$(printf %s "$LOGOUT_REDIRECT_URL" | sed 's/ /%20/g')" ;;
    esac
}

log_out
if [ "$status" != 200 ]; then
    echo "You could not be signed out ($status). Please try again later."
    ! faulty wrong-exit-code || exit 0
    exit 1
fi
cp "$folder/body" "$folder/answer"
! faulty second-call || call
tab=$(printf '\t')
jq -r '.logouts[] | [.actionName, .url // ""] | @tsv' "$folder/answer" | while IFS=$tab read -r action url; do
    follow "$action" "$url"
done
! faulty wrong-exit-code || exit 3
exit 0
