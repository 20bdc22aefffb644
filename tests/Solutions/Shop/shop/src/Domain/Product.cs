using Acme.Pricing;

namespace Shop;

public sealed class Product
{
    public int Id { get; set; }

    public string Name { get; set; } = "";

    public int Cents { get; set; }

    public int CentsWithTax => Price.WithTax(Cents);

#if NETSTANDARD2_0
    public const string Framework = "netstandard2.0";
#else
    public const string Framework = "net10.0";
#endif
}
