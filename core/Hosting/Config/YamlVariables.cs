using System.Globalization;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>
/// Replaces <c>${NAME}</c> in the values of a document by environment variables; <c>$$</c> is a dollar sign. Everything else
/// behind a dollar sign stays as it is, <c>$1</c> and <c>${1}</c> of relabelling too.
/// </summary>
/// <remarks>
/// Works on the tree, so that places stay those of the file and a value can never bring in structure. A value without
/// quotes is read again after it was replaced: <c>${PORT}</c> may stand for a number. Keys are not touched.
/// </remarks>
public sealed class YamlVariables
{
    private readonly string _file;
    private readonly Func<string, string?> _environment;
    private readonly Func<string, bool> _isLeftAlone;
    private readonly ConfigErrors _errors;

    /// <param name="file">Named in problems.</param>
    /// <param name="environment">The value of a variable, or null when it is not set.</param>
    /// <param name="isLeftAlone">True for the path of a value that is expanded elsewhere, such as <c>global.external_labels</c>.</param>
    /// <param name="errors">Takes a problem for each variable that is not set.</param>
    public YamlVariables(
        string file, Func<string, string?> environment, Func<string, bool> isLeftAlone, ConfigErrors errors)
    {
        _file = file;
        _environment = environment;
        _isLeftAlone = isLeftAlone;
        _errors = errors;
    }

    /// <summary>The same document with its variables replaced.</summary>
    public YamlNode Expand(YamlNode root) => Expand("", root);

    private YamlNode Expand(string path, YamlNode node)
    {
        if (_isLeftAlone(path))
        {
            return node;
        }

        switch (node)
        {
            case YamlScalar scalar when scalar.Value.Contains('$', StringComparison.Ordinal):
                return new YamlScalar(scalar.Position, Expand(path, scalar), scalar.IsPlain);
            case YamlSequence sequence:
                List<YamlNode> items = [];
                for (int index = 0; index < sequence.Items.Count; index++)
                {
                    items.Add(Expand(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), sequence.Items[index]));
                }

                return new YamlSequence(sequence.Position, items, sequence.ExpandedSize);
            case YamlMapping mapping:
                List<YamlEntry> entries = [];
                foreach (YamlEntry entry in mapping.Entries)
                {
                    string below = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
                    entries.Add(entry with { Value = Expand(below, entry.Value) });
                }

                return new YamlMapping(mapping.Position, entries, mapping.ExpandedSize);
            default:
                return node;
        }
    }

    private string Expand(string path, YamlScalar scalar)
    {
        string text = scalar.Value;
        StringBuilder expanded = new();
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] == '$' && index + 1 < text.Length && text[index + 1] == '$')
            {
                expanded.Append('$');
                index++;
            }
            else if (text[index] == '$' && NameAt(text.AsSpan(index + 1)) is { Length: > 0 } name)
            {
                expanded.Append(ValueOf(name, path, scalar.Position));
                index += name.Length + 2;
            }
            else
            {
                expanded.Append(text[index]);
            }
        }

        return expanded.ToString();
    }

    private string ValueOf(string name, string path, YamlPosition position)
    {
        if (_environment(name) is { } value)
        {
            return value;
        }

        _errors.Add(new ConfigProblem(
            _file, position, path, $"environment variable {name} is not set", $"${{{name}}}", "a set variable, or $$ for a dollar sign"));
        return "";
    }

    /// <summary>The name in braces; empty when there is none that a variable could have.</summary>
    private static string NameAt(ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOf('}');
        if (end < 2 || rest[0] != '{' || char.IsAsciiDigit(rest[1]))
        {
            return "";
        }

        ReadOnlySpan<char> name = rest[1..end];
        foreach (char letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '_')
            {
                return "";
            }
        }

        return name.ToString();
    }
}
