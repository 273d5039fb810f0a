using AmpEdge.Hosting;
using AmpEdge.IngestServer.Auth;

namespace AmpEdge.IngestServer.Config;

/// <summary>Reads the principals: who may call, with which key, and what they may do.</summary>
internal sealed class PrincipalReader(string configFile, string account)
{
    private readonly string _configFile = configFile;
    private readonly string _account = account;

    public IReadOnlyList<PrincipalConfig> ReadAll(ConfigSection root)
    {
        List<PrincipalConfig> principals = [];
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (ConfigSection section in root.Sections("principals", "principal", "empty principal"))
        {
            PrincipalConfig principal = Read(section);
            if (principal.AccessKey.Length > 0 && !keys.Add(principal.AccessKey))
            {
                section.Fail(
                    "access_key", "is used by another principal", principal.AccessKey, "a key id for each principal");
            }

            principals.Add(principal);
        }

        return principals;
    }

    private PrincipalConfig Read(ConfigSection section)
    {
        string name = Required(section, "name", "a name for logs");
        string accessKey = Required(section, "access_key", "an access key id");
        PrincipalConfig principal = new()
        {
            Name = name,
            Arn = section.Text("arn", $"arn:aws:iam::{_account}:user/{name}"),
            AccessKey = accessKey,
            SecretKey = ReadSecretKey(section),
            SessionToken = section.Secret("session_token"),
            Workspaces = ReadWorkspaces(section),
            Actions = ReadActions(section),
        };
        section.End();
        return principal;
    }

    private static string Required(ConfigSection section, string key, string allowed)
    {
        string text = section.Text(key);
        if (text.Length == 0)
        {
            section.Fail(key, "is missing", null, allowed);
        }

        return text;
    }

    private Secret ReadSecretKey(ConfigSection section)
    {
        Secret? inline = section.Secret("secret_key");
        string file = section.Text("secret_key_file");
        if (inline is null == (file.Length == 0))
        {
            section.Fail(
                inline is null ? "secret_key" : "secret_key_file",
                inline is null ? "is missing" : "is given besides secret_key", null,
                "exactly one of secret_key and secret_key_file");
        }

        if (inline?.Reveal().Length == 0)
        {
            section.Fail("secret_key", "is empty", null, "the secret of the access key");
        }

        return inline ?? ReadSecretFile(section, file);
    }

    private Secret ReadSecretFile(ConfigSection section, string file)
    {
        if (file.Length == 0)
        {
            return new Secret("");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(_configFile)) ?? "";
        try
        {
            string text = File.ReadAllText(Path.Combine(folder, file)).Trim();
            if (text.Length == 0)
            {
                section.Fail("secret_key_file", "names an empty file", file, "a file that holds the secret");
            }

            return new Secret(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            section.Fail("secret_key_file", $"cannot be read: {error.Message}", file, "a readable file");
            return new Secret("");
        }
    }

    private static IReadOnlyList<string> ReadWorkspaces(ConfigSection section)
    {
        IReadOnlyList<string>? workspaces = section.OptionalTexts("workspaces");
        if (workspaces is { Count: 0 })
        {
            section.Fail("workspaces", "names no workspace", null, "ids or patterns such as '*'; leave it out for all");
        }

        return workspaces ?? ["*"];
    }

    private static IReadOnlyList<string> ReadActions(ConfigSection section)
    {
        IReadOnlyList<string> actions = section.Texts("actions");
        string known = string.Join(", ", DataPlaneActions.Names.ToArray());
        if (actions.Count == 0)
        {
            section.Fail("actions", "allows nothing", null, $"some of {known}, or patterns such as aps:Get*");
        }

        foreach (string action in actions)
        {
            if (!DataPlaneActions.IsKnownPattern(action))
            {
                section.Fail("actions", "holds an action that does not exist", action, $"{known}, or patterns such as aps:Get*");
            }
        }

        return actions;
    }
}
