namespace Acme.Pricing
{
    public static class Price
    {
        public static int WithTax(int cents) => cents * 119 / 100;
    }
}
