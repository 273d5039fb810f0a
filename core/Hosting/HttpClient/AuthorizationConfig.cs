namespace AmpEdge.Hosting;

/// <summary>An <c>Authorization</c> header of any type but Basic; credentials given or read from a file at each request.</summary>
public sealed record AuthorizationConfig
{
    public const string DefaultType = "Bearer";

    public string Type { get; init; } = DefaultType;

    public Secret? Credentials { get; init; }

    public string CredentialsFile { get; init; } = "";
}
