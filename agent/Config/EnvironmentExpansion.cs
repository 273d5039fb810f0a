using System.Text;

namespace AmpEdge.Agent.Config;

/// <summary>
/// Replaces <c>$NAME</c> and <c>${NAME}</c> by environment variables, as Prometheus does in external labels; <c>$$</c>
/// is a dollar sign, and what is not set is nothing.
/// </summary>
internal static class EnvironmentExpansion
{
    public static string Expand(string text, Func<string, string?> environment)
    {
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
            expanded.Append(name == "$" ? name : name.Length == 0 ? "" : environment(name));
            // A dollar sign before something that is no name stays.
            expanded.Append(length == 0 ? "$" : "");
            index += length;
        }

        return expanded.ToString();
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
