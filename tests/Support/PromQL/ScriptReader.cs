using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>Reads scripts of Prometheus's test language: <c>load</c>, <c>clear</c> and <c>eval</c>.</summary>
public sealed partial class ScriptReader
{
    private readonly string _file;
    private readonly string[] _lines;
    private readonly List<ScriptCase> _cases = [];
    private Dictionary<Labels, MemorySeries> _loaded = [];
    private int _next;

    private ScriptReader(string file, string[] lines)
    {
        _file = file;
        _lines = lines;
    }

    /// <summary>All queries of a script, each with the data that was loaded when it stands there.</summary>
    public static IReadOnlyList<ScriptCase> Read(string path)
    {
        ScriptReader reader = new(Path.GetFileName(path), File.ReadAllLines(path));
        reader.ReadCommands();
        return reader._cases;
    }

    /// <summary>A duration, or a number of seconds, as the scripts write times.</summary>
    public static long ParseTimeMs(string text)
    {
        ParseResult parsed = PromQLParser.Parse(text, ParserOptions.Default);
        return parsed.Expr is NumberLiteral seconds
            ? (long)Math.Round(seconds.Value * 1000)
            : throw new FormatException($"'{text}' is no time");
    }

    private void ReadCommands()
    {
        while (_next < _lines.Length)
        {
            int line = _next;
            string command = Line(_next++);
            string word = command.Split((char[])[' ', '\t'], 2)[0].ToUpperInvariant();
            switch (word)
            {
                case "":
                    break;
                case "CLEAR":
                    _loaded = [];
                    break;
                case "LOAD" or "LOAD_WITH_NHCB":
                    Load(ParseTimeMs(command[word.Length..].Trim()), ReadBlock(), word == "LOAD_WITH_NHCB");
                    break;
                default:
                    ReadEval(command, line + 1);
                    break;
            }
        }
    }

    private string Line(int index)
    {
        string line = _lines[index].Trim();
        return line.StartsWith('#') ? "" : line;
    }

    private List<string> ReadBlock()
    {
        List<string> block = [];
        while (_next < _lines.Length && Line(_next) is { Length: > 0 } line)
        {
            block.Add(line);
            _next++;
        }

        return block;
    }

    private void Load(long gapMs, List<string> block, bool addHistograms)
    {
        Dictionary<Labels, MemorySeries> batch = [];
        foreach (string line in block)
        {
            ScriptSeriesLine parsed = ScriptSeriesLine.Parse(line);
            MemorySeries series = new(parsed.Labels);
            for (int index = 0; index < parsed.Values.Count; index++)
            {
                ScriptValue value = parsed.Values[index];
                if (value.Histogram is { } histogram)
                {
                    series.Histograms[index * gapMs] = histogram;
                }
                else if (!value.IsNothing)
                {
                    series.Samples[index * gapMs] = value.Number;
                }
            }

            batch[parsed.Labels] = series;
        }

        if (addHistograms)
        {
            foreach (MemorySeries native in ClassicToNative.Convert([.. batch.Values]))
            {
                if (!batch.TryAdd(native.Labels, native))
                {
                    batch[native.Labels].TakeOver(native);
                }
            }
        }

        // Earlier queries keep the series they were read with.
        _loaded = new Dictionary<Labels, MemorySeries>(_loaded);
        foreach ((Labels labels, MemorySeries series) in batch)
        {
            MemorySeries merged = _loaded.TryGetValue(labels, out MemorySeries? known) ? known.Copy() : new MemorySeries(labels);
            merged.TakeOver(series);
            _loaded[labels] = merged;
        }
    }

    private void ReadEval(string command, int line)
    {
        Match head = EvalHead().Match(command);
        if (!head.Success)
        {
            throw new FormatException($"{_file}:{line}: '{command}' is no command");
        }

        bool isRange = head.Groups["from"].Success;
        long startMs = ParseTimeMs(head.Groups[isRange ? "from" : "at"].Value);
        ScriptCase testCase = new()
        {
            File = _file,
            Line = line,
            IsRange = isRange,
            StartMs = startMs,
            EndMs = isRange ? ParseTimeMs(head.Groups["to"].Value) : startMs,
            StepMs = isRange ? ParseTimeMs(head.Groups["step"].Value) : 1,
            Query = head.Groups["query"].Value,
            Data = new MemoryQueryable(_loaded.Values),
        };
        if (head.Groups["old"].Success)
        {
            testCase.Expectations.Add(new ScriptExpectation(head.Groups["old"].Value));
        }

        foreach (string expected in ReadBlock())
        {
            if (!ReadExpectation(expected, testCase))
            {
                break;
            }
        }

        _cases.Add(testCase);
    }

    /// <summary>False when the block ends with this line.</summary>
    private static bool ReadExpectation(string line, ScriptCase testCase)
    {
        Match rangeVector = RangeVectorHead().Match(line);
        if (rangeVector.Success)
        {
            testCase.RangeVector = (
                ParseTimeMs(rangeVector.Groups["from"].Value),
                ParseTimeMs(rangeVector.Groups["to"].Value),
                ParseTimeMs(rangeVector.Groups["step"].Value));
        }
        else if (line.StartsWith("expect ", StringComparison.Ordinal))
        {
            testCase.Expectations.Add(ScriptExpectation.Parse(line["expect ".Length..].Trim()));
        }
        else if (line.StartsWith("expected_fail_message ", StringComparison.Ordinal))
        {
            testCase.Expectations.Add(new ScriptExpectation("fail", line["expected_fail_message ".Length..].Trim()));
        }
        else if (line.StartsWith("expected_fail_regexp ", StringComparison.Ordinal))
        {
            string pattern = line["expected_fail_regexp ".Length..].Trim();
            testCase.Expectations.Add(new ScriptExpectation("fail", Pattern: new Regex(pattern, RegexOptions.CultureInvariant)));
        }
        else if (double.TryParse(NormalizeInfinity(line), NumberStyles.Float, CultureInfo.InvariantCulture, out double scalar))
        {
            testCase.Scalar = scalar;
            return false;
        }
        else
        {
            testCase.Results.Add(ScriptSeriesLine.Parse(line));
        }

        return true;
    }

    private static string NormalizeInfinity(string number) => number.ToUpperInvariant() switch
    {
        "INF" or "+INF" => "Infinity",
        "-INF" => "-Infinity",
        _ => number,
    };

    [GeneratedRegex(
        @"^eval(?:_(?<old>fail|warn|info|ordered))?\s+(?:instant(?:\s+at\s+(?<at>\S+))|range\s+from\s+(?<from>\S+)\s+to\s+(?<to>\S+)\s+step\s+(?<step>\S+))\s+(?<query>.+)$",
        RegexOptions.IgnoreCase)]
    private static partial Regex EvalHead();

    [GeneratedRegex(@"^expect\s+range\s+vector\s+from\s+(?<from>\S+)\s+to\s+(?<to>\S+)\s+step\s+(?<step>\S+)$")]
    private static partial Regex RangeVectorHead();
}
