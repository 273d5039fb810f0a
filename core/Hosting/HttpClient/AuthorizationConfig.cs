namespace AmpEdge.Hosting;

/// <summary>An <c>Authorization</c> header of any type but Basic; credentials given or read from a file at each request.</summary>
public sealed record AuthorizationConfig
{
    public const string DefaultType = "Bearer";

    /// <summary>The word before the credentials.</summary>
    public string Type { get; init; } = DefaultType;

    /// <summary>What follows it.</summary>
    public Secret? Credentials { get; init; }

    /// <summary>A file with what follows it, read at each request.</summary>
    public string CredentialsFile { get; init; } = "";
}
