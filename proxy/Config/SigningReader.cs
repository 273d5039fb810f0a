using AmpEdge.Hosting;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>sigv4</c> section of a route; keys as Prometheus names them.</summary>
internal static class SigningReader
{
    public static SigningConfig Read(ConfigSection? section)
    {
        SigningConfig defaults = new();
        if (section is null)
        {
            return defaults;
        }

        string? region = OrNull(section, "region");
        string? role = OrNull(section, "role_arn");
        string? externalId = OrNull(section, "external_id");
        SigningConfig signing = new()
        {
            Region = region,
            Service = OrNull(section, "service_name"),
            Credentials = new CredentialSettings
            {
                StaticKeys = ReadKeys(section),
                Profile = OrNull(section, "profile"),
                Roles = RoleHop.Single(role, externalId),
                RoleSessionName = section.Text("role_session_name", SigningConfig.DefaultSessionName),
                UseFipsSts = section.Bool("use_fips_sts_endpoint", false),
                // Without a role nobody asks STS, and routes of several regions share what is found.
                Region = role is null ? null : region,
            },
        };
        if (role is null && externalId is not null)
        {
            section.Fail("external_id", "is used with role_arn only", externalId, "both or neither");
        }

        section.End();
        return signing;
    }

    private static AwsCredentials? ReadKeys(ConfigSection section)
    {
        string? key = OrNull(section, "access_key");
        Secret? secret = section.Secret("secret_key");
        if (key is null != secret is null or { IsEmpty: true })
        {
            section.Fail("access_key", "and secret_key belong together", key, "both or neither");
        }

        return key is null || secret is null ? null : new AwsCredentials(key, secret.Reveal());
    }

    private static string? OrNull(ConfigSection section, string key) =>
        section.OptionalText(key) is { Length: > 0 } text ? text : null;
}
