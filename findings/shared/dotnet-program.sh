# A program of .NET with one package or none, in the temporary folder that another script made; sourced, never run.
# shellcheck shell=bash

# compile [PACKAGE VERSION]: compiles Program.cs of the current folder, with exactly that package, to out/finding.
compile() {
    local package=
    [ $# = 0 ] || package="<PackageReference Include=\"$1\" Version=\"[$2]\" />"
    cat >finding.csproj <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup>$package</ItemGroup>
</Project>
PROJECT
    dotnet build -nologo -v quiet -clp:NoSummary -o out >build.log 2>&1 || { cat build.log >&2; exit 2; }
}
