#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its Microsoft.NET.Build.Containers).
#
# Without ContainerRepository the repository is made from the project's name. Dots become dashes when the name has a capital letter anywhere, and stay when it
# has none: `Company.Shop.Api` is published as company-shop-api, `company.shop.api` as company.shop.api. `company.shop.apI` is company-shop-api again.
#
# The guess that is wrong: the name is made lower case, which is all that a repository name demands; or the rule for dots is one rule. Dots are valid in
# repository names (distribution-spec), so a valid name is kept whole, and only an invalid one is cleaned, with all characters but a few replaced.
#
# Why it matters: whoever renames the project to lower case, or writes the repository into a deployment by the look of another project's, pulls from a
# repository that nothing is pushed to any more. A tool that takes the SDK's place has to follow both halves of the rule.
set -euo pipefail

EXPECTED='Company.Shop.Api: company-shop-api
company.shop.api: company.shop.api
company.shop.apI: company-shop-api
company_shop.api: company_shop.api
Company_Shop.Api: company_shop-api'

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{ "sdk": { "version": "10.0.401", "rollForward": "disable" } }' >global.json
seen=$(
    for name in Company.Shop.Api company.shop.api company.shop.apI company_shop.api Company_Shop.Api; do
        mkdir "$name"
        echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>' >"$name/$name.csproj"
        echo "$name: $(dotnet msbuild "$name/$name.csproj" -restore -t:ComputeContainerConfig -getProperty:ContainerRepository 2>&1)"
    done
)

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
