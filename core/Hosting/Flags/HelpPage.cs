using System.Linq;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Lays out <c>--help</c>: groups, each flag with its value, its sentence and its default.</summary>
internal sealed class HelpPage(
    string program,
    string sentence,
    IReadOnlyList<PositionalArgument> arguments,
    ListArgument? list,
    IReadOnlyList<FlagGroup> groups)
{
    private const int SentenceColumn = 8;
    private const int Width = 100;

    public void WriteTo(TextWriter output)
    {
        string values = string.Concat(arguments.Select(static argument => " " + argument.Name));
        output.WriteLine($"usage: {program} [flags]{values}{(list is null ? "" : $" {list.Name} …")}");
        output.WriteLine();
        WriteWrapped(output, sentence, 0);
        if (arguments.Count > 0 || list is not null)
        {
            output.WriteLine();
            foreach (PositionalArgument argument in arguments)
            {
                output.WriteLine($"  {argument.Name}");
                WriteWrapped(output, argument.Sentence, SentenceColumn);
            }

            if (list is not null)
            {
                output.WriteLine($"  {list.Name} …");
                WriteWrapped(output, list.Sentence, SentenceColumn);
            }
        }

        foreach (FlagGroup group in groups)
        {
            output.WriteLine();
            output.WriteLine($"{group.Title}:");
            foreach (Flag flag in group.Flags)
            {
                WriteFlag(output, flag);
            }
        }

        output.WriteLine();
        output.WriteLine("General:");
        output.WriteLine("  -h, --help");
        WriteWrapped(output, "Show this page and end.", SentenceColumn);
        output.WriteLine("  --version");
        WriteWrapped(output, "Show the version and end.", SentenceColumn);
    }

    private static void WriteFlag(TextWriter output, Flag flag)
    {
        StringBuilder line = new("  ");
        foreach (string alias in flag.Option.Aliases)
        {
            line.Append(alias).Append(", ");
        }

        line.Append(flag.ValueName.Length == 0 && flag.DefaultText.Length > 0 ? "--[no-]" : "--").Append(flag.Name);
        if (flag.ValueName.Length > 0)
        {
            line.Append('=').Append(flag.ValueName);
        }

        output.WriteLine(line);
        WriteWrapped(
            output,
            flag.DefaultText.Length > 0 ? $"{flag.Sentence} Default: {flag.DefaultText}." : flag.Sentence,
            SentenceColumn);
    }

    private static void WriteWrapped(TextWriter output, string text, int indent)
    {
        StringBuilder line = new();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && indent + line.Length + 1 + word.Length > Width)
            {
                output.WriteLine($"{new string(' ', indent)}{line}");
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        output.WriteLine($"{new string(' ', indent)}{line}");
    }
}
