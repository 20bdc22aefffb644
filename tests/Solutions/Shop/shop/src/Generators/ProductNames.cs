using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Shop.Generators;

/// <summary>A list of names from a text file.</summary>
[Generator]
public sealed class ProductNames : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var names = context.AdditionalTextsProvider.Where(text => Path.GetFileName(text.Path) == "products.txt")
            .Select(
                (text, cancellation) => string.Join(", ", text.GetText(cancellation)!.Lines.Select(line => line.ToString())
                    .Where(line => line.Length > 0)
                    .Select(line => $"\"{line}\"")));
        context.RegisterSourceOutput(names, (output, list) =>
            output.AddSource("ProductNames.g.cs", SourceText.From(
                $"namespace Shop; public static class ProductNames {{ public static readonly string[] All = {{ {list} }}; }}",
                Encoding.UTF8)));
    }
}
