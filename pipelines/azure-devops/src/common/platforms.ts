import { UserError } from './errors';

const IDENTIFIERS: Readonly<Record<string, string>> = {
    'linux/amd64': 'linux-x64', 'linux/arm64': 'linux-arm64', 'linux/arm64/v8': 'linux-arm64', 'linux/arm/v7': 'linux-arm', 'linux/arm': 'linux-arm', 'linux/386': 'linux-x86',
    'linux/s390x': 'linux-s390x', 'linux/ppc64le': 'linux-ppc64le', 'linux/riscv64': 'linux-riscv64', 'linux/loong64': 'linux-loongarch64',
};

/** Both ways to write a platform are understood for both kinds of sources. */
export function runtimeIdentifier(platform: string): string {
    if (!platform.includes('/')) return platform;
    return IDENTIFIERS[platform] ?? unknown(platform);
}

export function dockerPlatform(platform: string): string {
    if (platform.includes('/')) return platform;
    return Object.keys(IDENTIFIERS).find(key => IDENTIFIERS[key] === platform.replace('-musl', '')) ?? unknown(platform);
}

function unknown(platform: string): never {
    throw new UserError(`The input 'platforms' has '${platform}'. Valid: ${Object.keys(IDENTIFIERS).join(', ')}, and the .NET names ${[...new Set(Object.values(IDENTIFIERS))].join(', ')}.`);
}
