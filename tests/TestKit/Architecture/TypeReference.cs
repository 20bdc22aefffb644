namespace ContainerStages.TestKit;

/// <summary>One type that another one mentions: in a signature, as base, or in the code of a method.</summary>
/// <param name="From">Full name of the outermost type that mentions.</param>
/// <param name="FromNamespace">Its namespace.</param>
/// <param name="To">Full name of the outermost type that is mentioned.</param>
/// <param name="ToNamespace">Its namespace.</param>
/// <param name="ToAssembly">Simple name of its assembly.</param>
public readonly record struct TypeReference(string From, string FromNamespace, string To, string ToNamespace, string ToAssembly);
