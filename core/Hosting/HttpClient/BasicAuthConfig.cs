namespace AmpEdge.Hosting;

/// <summary>User name and password, each given or read from a file at each request.</summary>
public sealed record BasicAuthConfig
{
    public string Username { get; init; } = "";

    public string UsernameFile { get; init; } = "";

    public Secret? Password { get; init; }

    public string PasswordFile { get; init; } = "";
}
