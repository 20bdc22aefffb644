using System.Reflection;

namespace Shop;

internal static class ThisProgram
{
    public static string Version =>
        typeof(ThisProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
