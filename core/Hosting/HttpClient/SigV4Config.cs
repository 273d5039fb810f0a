namespace AmpEdge.Hosting;

/// <summary>Signing with AWS SigV4, keys as Prometheus names them. Credentials that are not given come from the SDK's chain.</summary>
public sealed record SigV4Config
{
    /// <summary>Empty: the region of the SDK's chain.</summary>
    public string Region { get; init; } = "";

    public string AccessKey { get; init; } = "";

    public Secret? SecretKey { get; init; }

    public string Profile { get; init; } = "";

    public string RoleArn { get; init; } = "";

    public string ExternalId { get; init; } = "";

    public bool UseFipsStsEndpoint { get; init; }

    /// <summary>Reads a <c>sigv4</c> section.</summary>
    public static SigV4Config Read(ConfigSection section)
    {
        SigV4Config config = new()
        {
            Region = section.Text("region"),
            AccessKey = section.Text("access_key"),
            SecretKey = section.Secret("secret_key"),
            Profile = section.Text("profile"),
            RoleArn = section.Text("role_arn"),
            ExternalId = section.Text("external_id"),
            UseFipsStsEndpoint = section.Bool("use_fips_sts_endpoint", false),
        };
        if (config.AccessKey.Length > 0 != config.SecretKey is { IsEmpty: false })
        {
            section.Fail(
                "access_key",
                "must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config");
        }

        section.End();
        return config;
    }
}
