namespace AmpEdge.Hosting;

/// <summary>User name and password, each given or read from a file at each request.</summary>
public sealed record BasicAuthConfig
{
    /// <summary>The user.</summary>
    public string Username { get; init; } = "";

    /// <summary>A file with the user, read at each request.</summary>
    public string UsernameFile { get; init; } = "";

    /// <summary>The password.</summary>
    public Secret? Password { get; init; }

    /// <summary>A file with the password, read at each request.</summary>
    public string PasswordFile { get; init; } = "";
}
