namespace ContainerStages.Media.Registry;

/// <summary>
/// What a registry is shown: name and password, or an identity token (to be exchanged at the token server), or a token to use as it is.
/// Never printed: <see cref="ToString"/> says only which kind.
/// </summary>
internal sealed class RegistryCredential
{
    private RegistryCredential(string user, string secret, string? identityToken, string? registryToken, string origin = "") =>
        (User, Secret, IdentityToken, RegistryToken, Origin) = (user, secret, identityToken, registryToken, origin);

    public string User { get; }

    public string Secret { get; }

    /// <summary>An OAuth 2 refresh token.</summary>
    public string? IdentityToken { get; }

    /// <summary>A bearer token.</summary>
    public string? RegistryToken { get; }

    /// <summary>For messages: the file, helper or variables that gave it; empty where nobody knows.</summary>
    public string Origin { get; }

    public RegistryCredential From(string origin) => new(User, Secret, IdentityToken, RegistryToken, origin);

    public static RegistryCredential Password(string user, string secret) => new(user, secret, null, null);

    public static RegistryCredential Identity(string token) => new("", "", token, null);

    public static RegistryCredential Bearer(string token) => new("", "", null, token);

    public override string ToString() =>
        IdentityToken is not null ? "(identity token)" : RegistryToken is not null ? "(token)" : "(password)";
}

/// <summary>What the credential is wanted for.</summary>
internal enum RegistryAccess
{
    Pull,
    Push,
}
