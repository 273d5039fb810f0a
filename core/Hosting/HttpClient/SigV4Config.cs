namespace AmpEdge.Hosting;

/// <summary>Signing with AWS SigV4, keys as Prometheus names them. Credentials that are not given come from the SDK's chain.</summary>
public sealed record SigV4Config
{
    /// <summary>Empty: the region of the SDK's chain.</summary>
    public string Region { get; init; } = "";

    /// <summary>The key to sign with; unset: credentials of the AWS SDK's chain.</summary>
    public string AccessKey { get; init; } = "";

    /// <summary>Belongs to the key.</summary>
    public Secret? SecretKey { get; init; }

    /// <summary>A profile of the AWS configuration files.</summary>
    public string Profile { get; init; } = "";

    /// <summary>A role to assume with those credentials.</summary>
    public string RoleArn { get; init; } = "";

    /// <summary>Sent when the role is assumed, for trust policies that ask for it.</summary>
    public string ExternalId { get; init; } = "";

    /// <summary>True to assume the role at the FIPS endpoint of STS.</summary>
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
