namespace Messages;

public static class Greeting
{
    public static string To(string name) => $"Welcome, {name}";
}
