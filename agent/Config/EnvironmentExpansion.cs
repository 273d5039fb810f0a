using System.Text;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>
/// Environment variables in configuration files: <c>$NAME</c> and <c>${NAME}</c> in external labels, as Prometheus replaces
/// them, and <c>${NAME}</c> in every other value when <c>--config.expand-env</c> asks for it.
/// </summary>
internal sealed class EnvironmentExpansion
{
    private const string ExternalLabels = "global.external_labels";

    private readonly Func<string, string?> _environment;
    private readonly bool _everywhere;

    /// <param name="environment">The value of a variable, or null when it is not set.</param>
    /// <param name="everywhere">True for <c>--config.expand-env</c>; a variable that is not set is then a problem.</param>
    public EnvironmentExpansion(Func<string, string?> environment, bool everywhere)
    {
        _environment = environment;
        _everywhere = everywhere;
    }

    /// <summary>Expands a document; external labels are left to their reader, which must not find them expanded already.</summary>
    public YamlNode Expand(string file, YamlNode document, ConfigErrors errors) =>
        _everywhere
            ? new YamlVariables(file, _environment, static path => path == ExternalLabels, errors).Expand(document)
            : document;

    /// <summary>
    /// Expands an external label. <c>$$</c> is a dollar sign; what is not set is nothing, or among
    /// <paramref name="unset"/> where that is a problem.
    /// </summary>
    public string Expand(string text, out IReadOnlyList<string> unset)
    {
        List<string> notSet = [];
        unset = notSet;
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder expanded = new();
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] != '$' || index + 1 == text.Length)
            {
                expanded.Append(text[index]);
                continue;
            }

            (string name, int length) = NameAt(text.AsSpan(index + 1));
            expanded.Append(name == "$" ? name : ValueOf(name, notSet));
            // A dollar sign before something that is no name stays.
            expanded.Append(length == 0 ? "$" : "");
            index += length;
        }

        return expanded.ToString();
    }

    private string? ValueOf(string name, List<string> notSet)
    {
        string? value = name.Length == 0 ? "" : _environment(name);
        if (value is null && _everywhere)
        {
            notSet.Add(name);
        }

        return value;
    }

    /// <summary>The name behind a dollar sign, and how many characters it takes with its braces; an open brace swallows itself.</summary>
    private static (string Name, int Length) NameAt(ReadOnlySpan<char> rest)
    {
        if (rest[0] == '$')
        {
            return ("$", 1);
        }

        if (rest[0] == '{')
        {
            int close = rest.IndexOf('}');
            return close < 0 ? ("", 1) : (rest[1..close].ToString(), close + 1);
        }

        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] == '_'))
        {
            length++;
        }

        return (rest[..length].ToString(), length);
    }
}
