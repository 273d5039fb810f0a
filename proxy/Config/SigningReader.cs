using AmpEdge.Hosting;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>sigv4</c> section of a route; keys as Prometheus names them.</summary>
internal static class SigningReader
{
    private const string Arn = "such as arn:aws:iam::123456789012:role/metrics";

    public static SigningConfig Read(ConfigSection? section)
    {
        SigningConfig defaults = new();
        if (section is null)
        {
            return defaults;
        }

        string? region = OrNull(section, "region");
        string? role = ReadRole(section, OrNull(section, "role_arn"));
        string? externalId = OrNull(section, "external_id");
        string? sessionName = OrNull(section, "role_session_name");
        IReadOnlyList<RoleHop> roles = ReadRoles(section, RoleHop.Single(role, externalId, sessionName));
        Uri? sts = ReadSts(section);
        SigningConfig signing = new()
        {
            Region = region,
            Service = OrNull(section, "service_name"),
            Credentials = new CredentialSettings
            {
                StaticKeys = ReadKeys(section),
                Profile = OrNull(section, "profile"),
                Roles = roles,
                RoleSessionName = SigningConfig.DefaultSessionName,
                StsEndpoint = sts,
                UseFipsSts = section.Bool("use_fips_sts_endpoint", false),
                // Without a role nobody asks STS, and routes of several regions share what is found.
                Region = roles.Count == 0 ? null : region,
            },
        };
        if (role is null && externalId is not null)
        {
            section.Fail("external_id", "is used with role_arn only", externalId, "both or neither");
        }

        if (role is null && sessionName is not null)
        {
            section.Fail("role_session_name", "is used with role_arn only", sessionName, "both or neither");
        }

        if (signing.Credentials is { StaticKeys: not null, Profile: { } profile })
        {
            section.Fail("profile", "stands beside access_key", profile, "one of them");
        }

        CheckSts(section, signing.Credentials);
        section.End();
        return signing;
    }

    /// <summary>Either the one role of <c>role_arn</c> or the chain of <c>role_chain</c>.</summary>
    private static IReadOnlyList<RoleHop> ReadRoles(ConfigSection section, IReadOnlyList<RoleHop> single)
    {
        List<RoleHop> chain = [];
        foreach (ConfigSection hop in section.Sections("role_chain", "role", "a role"))
        {
            string arn = hop.Text("role_arn");
            if (arn.Length == 0)
            {
                hop.Fail("role_arn", "is missing", "", Arn);
            }

            _ = ReadRole(hop, arn);
            chain.Add(new RoleHop(arn, OrNull(hop, "external_id"), OrNull(hop, "role_session_name")));
            hop.End();
        }

        if (chain.Count > 0 && single.Count > 0)
        {
            section.Fail("role_chain", "stands in place of role_arn", null, "one of them; the chain may have a single role");
        }

        return chain.Count > 0 ? chain : single;
    }

    /// <summary>A role's ARN as it is; what is none would only be told by STS, request by request.</summary>
    private static string? ReadRole(ConfigSection section, string? arn)
    {
        if (!string.IsNullOrEmpty(arn)
            && !(arn.StartsWith("arn:", StringComparison.Ordinal) && arn.Contains(":role/", StringComparison.Ordinal)))
        {
            section.Fail("role_arn", "is not the ARN of a role", arn, Arn);
        }

        return arn;
    }

    private static void CheckSts(ConfigSection section, CredentialSettings settings)
    {
        if (settings.StsEndpoint is not { } endpoint)
        {
            return;
        }

        if (settings.Roles.Count == 0)
        {
            section.Fail(
                "sts_endpoint", "is asked for roles only", endpoint.OriginalString,
                "a role_arn or role_chain beside it; web identity and profiles read AWS_ENDPOINT_URL_STS");
        }

        if (settings.UseFipsSts)
        {
            section.Fail("use_fips_sts_endpoint", "stands beside sts_endpoint, which is asked as it is", null, "one of them");
        }
    }

    private static Uri? ReadSts(ConfigSection section)
    {
        string? text = OrNull(section, "sts_endpoint");
        bool valid = Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "https" or "http"
            && endpoint is { Query: "", Fragment: "", UserInfo: "" };
        if (text is not null && !valid)
        {
            section.Fail("sts_endpoint", "is not a URL", text, "such as https://vpce-1.sts.eu-west-1.vpce.amazonaws.com");
        }

        return valid ? endpoint : null;
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
