Console.WriteLine(Acme.Greeting.To("world"));
