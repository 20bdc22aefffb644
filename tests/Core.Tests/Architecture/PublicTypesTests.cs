using System.Reflection;
using System.Text.RegularExpressions;
using ContainerStages.Building;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Architecture;

/// <summary>Core shows what the command line uses, and hides the rest.</summary>
[TestClass]
public sealed partial class PublicTypesTests
{
    [TestMethod]
    public void A_type_is_public_where_the_command_line_names_it_or_such_a_type_has_it_in_its_members()
    {
        var used = Repository.Sources("src/Cli", [".cs"])
            .SelectMany(path => Word().Matches(File.ReadAllText(Repository.PathOf(path))))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);
        var shown = typeof(Build).Assembly.GetExportedTypes();
        var needed = new HashSet<Type>();
        foreach (var type in shown.Where(type => used.Contains(type.Name.Split('`')[0])))
        {
            Add(type, needed);
        }

        Assert.IsNotEmpty(needed);
        Assert.IsEmpty(
            shown.Where(type => !type.IsNested && !needed.Contains(type)).Select(type => type.FullName).Order(StringComparer.Ordinal),
            "make these internal");
    }

    private static void Add(Type? type, HashSet<Type> needed)
    {
        if (type is null || type.Assembly != typeof(Build).Assembly && !type.IsGenericType && !type.HasElementType)
        {
            return;
        }

        foreach (var part in type.GenericTypeArguments.Append(type.GetElementType()).Append(type.DeclaringType))
        {
            Add(part, needed);
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (definition.Assembly != typeof(Build).Assembly || !needed.Add(definition))
        {
            return;
        }

        foreach (var part in definition.GetInterfaces()
            .Append(definition.BaseType)
            .Concat(definition.GetNestedTypes())
            .Concat(OfMembers(definition)))
        {
            Add(part, needed);
        }
    }

    private static IEnumerable<Type?> OfMembers(Type type)
    {
        const BindingFlags All =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var methods = type.GetMethods(All)
            .Cast<MethodBase>()
            .Concat(type.GetConstructors(All))
            .Where(method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);
        return methods.SelectMany(
            method => method.GetParameters().Select(parameter => parameter.ParameterType).Append((method as MethodInfo)?.ReturnType))
            .Concat(type.GetFields(All).Where(field => field.IsPublic || field.IsFamily).Select(field => field.FieldType));
    }

    [GeneratedRegex(@"\w+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
