/** addressOf is a host and a port as one text; an IPv6 address stands in brackets. */
export function addressOf(host: string, port: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`
}

/** placeOf divides "host:port" and "[IPv6]:port"; undefined where there is no port. */
export function placeOf(text: string): { host: string; port: string } | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text.trim()) ?? []
  const host = bracketed ?? plain
  return host && port ? { host, port } : undefined
}

/** isPort says whether a text is a TCP port. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 65_535
}
