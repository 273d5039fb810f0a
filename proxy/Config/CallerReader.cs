using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads a <c>caller</c> section, of a listener or a route.</summary>
internal static class CallerReader
{
    /// <param name="section">Null without the section.</param>
    /// <param name="verifiesCertificates">Whether every listener in question has its callers' certificates verified.</param>
    public static CallerConfig Read(ConfigSection? section, bool verifiesCertificates)
    {
        if (section is null)
        {
            return new CallerConfig();
        }

        CallerConfig caller = new()
        {
            BearerTokenFile = section.FilePath("bearer_token_file"),
            ClientSubjects = section.Texts("client_subjects"),
            ClientNames = section.Texts("client_sans"),
        };
        if (caller.BearerTokenFile.Length > 0)
        {
            CheckToken(section, caller.BearerTokenFile);
        }

        if (caller.WantsCertificate && !verifiesCertificates)
        {
            section.Fail(
                caller.ClientSubjects.Count > 0 ? "client_subjects" : "client_sans",
                "needs certificates that were verified",
                allowed: "listeners whose tls_server_config has a client_ca_file and client_auth_type: RequireAndVerifyClientCert");
        }

        section.End();
        return caller;
    }

    private static void CheckToken(ConfigSection section, string file)
    {
        try
        {
            if (File.ReadAllText(file).Trim().Length == 0)
            {
                section.Fail("bearer_token_file", "is empty", file, "a file that holds the token");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string reason = error is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : error.Message;
            section.Fail("bearer_token_file", $"cannot be read: {reason}", file);
        }
    }
}
