using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary><c>series</c>, <c>labels</c>, <c>label/…/values</c>, <c>metadata</c> and <c>query_exemplars</c> of a virtual workspace.</summary>
internal sealed class FanOutLists(
    WorkspaceLabel label, IReadOnlyList<IMember> members, MemberCalls calls, ParserOptions parser, FanOutMetrics metrics)
{
    private const string Match = MatcherParameter.Name;

    private readonly WorkspaceLabel _label = label;
    private readonly IReadOnlyList<IMember> _members = members;
    private readonly FanOutMetrics _metrics = metrics;

    public async Task<ApiError?> AnswerSeriesAsync(FanOutCall call)
    {
        if (call.Parameters.GetAll(Match).Count == 0)
        {
            return ApiError.BadData("no match[] parameter provided");
        }

        if (Selected(call, out List<(IMember Member, FormWriter Form)> selected, out int limit) is { } error)
        {
            return error;
        }

        MemberOutcome<MemberData<List<Labels>>>[] outcomes = await AskAsync(
            call,
            selected,
            "/api/v1/series",
            isGet: false,
            (ref AnswerReader reader, byte[] member) => ListAnswers.ReadSeries(ref reader, _label, member));
        HashSet<Labels> union = [];
        return await SendAsync(
            call,
            outcomes,
            data => union.UnionWith(data),
            json =>
            {
                List<Labels> sorted = [.. union];
                sorted.Sort();
                return WriteList(json, sorted, limit, static (json, labels) => ResultWriter.WriteLabels(json, labels));
            });
    }

    public async Task<ApiError?> AnswerNamesAsync(FanOutCall call)
    {
        if (Selected(call, out List<(IMember Member, FormWriter Form)> selected, out int limit) is { } error)
        {
            return error;
        }

        MemberOutcome<MemberData<List<string>>>[] outcomes = await AskAsync(
            call, selected, "/api/v1/labels", isGet: false, static (ref AnswerReader reader, byte[] _) => ListAnswers.ReadTexts(ref reader));
        HashSet<string> union = new(StringComparer.Ordinal);
        return await SendTextsAsync(call, outcomes, limit, union, (_, names) =>
        {
            foreach (string name in names)
            {
                union.Add(_label.InAnswer(name));
                union.Add(_label.Name);
            }
        });
    }

    /// <param name="call">The call.</param>
    /// <param name="name">The label's name, unescaped.</param>
    public async Task<ApiError?> AnswerValuesAsync(FanOutCall call, string name)
    {
        if (Selected(call, out List<(IMember Member, FormWriter Form)> selected, out int limit) is { } error)
        {
            return error;
        }

        // Which workspaces there are is a question of which of them have any label at all.
        bool ofWorkspaces = name == _label.Name;
        string path = ofWorkspaces
            ? "/api/v1/labels"
            : $"/api/v1/label/{Uri.EscapeDataString(_label.AtMember(name))}/values";
        MemberOutcome<MemberData<List<string>>>[] outcomes = await AskAsync(
            call, selected, path, isGet: !ofWorkspaces, static (ref AnswerReader reader, byte[] _) => ListAnswers.ReadTexts(ref reader));
        HashSet<string> union = new(StringComparer.Ordinal);
        return await SendTextsAsync(call, outcomes, limit, union, (member, values) =>
        {
            if (!ofWorkspaces)
            {
                union.UnionWith(values);
            }
            else if (values.Count > 0)
            {
                union.Add(member);
            }
        });
    }

    public async Task<ApiError?> AnswerMetadataAsync(FanOutCall call)
    {
        List<(IMember Member, FormWriter Form)> all = [];
        foreach (IMember member in _members)
        {
            FormWriter form = new();
            foreach (string name in (ReadOnlySpan<string>)["metric", "limit", "limit_per_metric"])
            {
                form.AddUnlessEmpty(name, call.Parameters.Get(name));
            }

            all.Add((member, form));
        }

        ParameterReader reader = new(call.Parameters);
        int limit = reader.Limit();
        if (reader.Error is { } error)
        {
            return error;
        }

        MemberOutcome<MemberData<List<KeyValuePair<string, string>>>>[] outcomes = await AskAsync(
            call, all, "/api/v1/metadata", isGet: true, static (ref AnswerReader reader, byte[] _) => ListAnswers.ReadMetadata(ref reader));
        SortedDictionary<string, List<string>> metrics = new(Utf8Order.Instance);
        return await SendAsync(
            call,
            outcomes,
            data =>
            {
                foreach ((string metric, string entry) in data)
                {
                    List<string> known = metrics.TryGetValue(metric, out List<string>? there) ? there : metrics[metric] = [];
                    if (!known.Contains(entry))
                    {
                        known.Add(entry);
                    }
                }
            },
            json => WriteMetadata(json, metrics, limit));
    }

    public async Task<ApiError?> AnswerExemplarsAsync(FanOutCall call)
    {
        string query = call.Parameters.Get("query");
        if (!PromQLParser.Parse(query, parser).TryGet(out Expr? expr, out string? problem))
        {
            return ApiError.BadData(problem);
        }

        List<(IMember Member, FormWriter Form)> selected = [];
        foreach (IMember member in _members)
        {
            if (MemberExpression.TextFor(expr, _label, member.Name) is { } text)
            {
                FormWriter form = new FormWriter().Add("query", text);
                form.AddUnlessEmpty("start", call.Parameters.Get("start")).AddUnlessEmpty("end", call.Parameters.Get("end"));
                selected.Add((member, form));
            }
        }

        MemberOutcome<MemberData<List<KeyValuePair<Labels, string>>>>[] outcomes = await AskAsync(
            call,
            selected,
            "/api/v1/query_exemplars",
            isGet: false,
            (ref AnswerReader reader, byte[] member) => ListAnswers.ReadExemplars(ref reader, _label, member));
        List<KeyValuePair<Labels, string>> series = [];
        return await SendAsync(
            call,
            outcomes,
            data => series.AddRange(data),
            json =>
            {
                series.Sort(static (left, right) => left.Key.CompareTo(right.Key));
                return WriteList(json, series, 0, static (json, one) =>
                {
                    json.Raw("{\"seriesLabels\":"u8);
                    ResultWriter.WriteLabels(json, one.Key);
                    json.Raw(",\"exemplars\":"u8);
                    json.Raw(Encoding.UTF8.GetBytes(one.Value));
                    json.Raw((byte)'}');
                });
            });
    }

    /// <summary>The members that <c>match[]</c> selects, each with its parameters; all members without <c>match[]</c>.</summary>
    private ApiError? Selected(FanOutCall call, out List<(IMember Member, FormWriter Form)> selected, out int limit)
    {
        selected = [];
        ParameterReader reader = new(call.Parameters);
        limit = reader.Limit();
        reader.Time("start", 0);
        reader.Time("end", 0);
        if (reader.Error is { } error)
        {
            return error;
        }

        List<string> selectors = call.Parameters.GetAll(Match);
        if (!MatcherParameter.TryParse(selectors, out List<IReadOnlyList<Matcher>> sets, out string problem))
        {
            return ApiError.InvalidParameter(Match, problem);
        }

        foreach (IMember member in _members)
        {
            FormWriter form = new();
            bool isSelected = sets.Count == 0;
            foreach (IReadOnlyList<Matcher> matchers in sets)
            {
                if (MemberSelection.Selects(matchers, _label, member.Name))
                {
                    isSelected = true;
                    form.Add(Match, MemberSelection.Text(MemberSelection.AtMember(matchers, _label)));
                }
            }

            foreach (string name in (ReadOnlySpan<string>)["start", "end", "limit"])
            {
                form.AddUnlessEmpty(name, call.Parameters.Get(name));
            }

            if (isSelected)
            {
                selected.Add((member, form));
            }
        }

        return null;
    }

    private delegate T MemberDataReader<out T>(ref AnswerReader reader, byte[] member);

    private Task<MemberOutcome<MemberData<T>>[]> AskAsync<T>(
        FanOutCall call,
        List<(IMember Member, FormWriter Form)> selected,
        string path,
        bool isGet,
        MemberDataReader<T> read)
        where T : class
    {
        List<MemberRequest> requests = [];
        foreach ((IMember member, FormWriter form) in selected)
        {
            requests.Add(new MemberRequest(member, path, form.ToString(), isGet));
        }

        return calls.AskAsync(
            call,
            requests,
            (request, body) =>
            {
                byte[] member = Encoding.UTF8.GetBytes(request.Member.Name);
                using (body)
                {
                    return AnswerEnvelope.Read(body.Content, (ref AnswerReader reader) => read(ref reader, member));
                }
            },
            limit: null);
    }

    private Task<ApiError?> SendTextsAsync(
        FanOutCall call,
        MemberOutcome<MemberData<List<string>>>[] outcomes,
        int limit,
        HashSet<string> union,
        Action<string, List<string>> add)
    {
        foreach (MemberOutcome<MemberData<List<string>>> outcome in outcomes)
        {
            if (outcome.Succeeded)
            {
                add(outcome.Request.Member.Name, outcome.Value.Data);
            }
        }

        return SendAsync(
            call,
            outcomes,
            static _ => { },
            json =>
            {
                List<string> sorted = [.. union];
                sorted.Sort(Utf8Order.Instance);
                return WriteList(json, sorted, limit, static (json, text) => json.String(text));
            });
    }

    /// <summary>Adds up what came, writes it, and says what is missing; an error when nothing came.</summary>
    private async Task<ApiError?> SendAsync<T>(
        FanOutCall call, MemberOutcome<MemberData<T>>[] outcomes, Action<T> add, Func<JsonBuffer, bool> write)
        where T : class
    {
        FailedMembers failed = FailedMembers.Of(outcomes);
        if (failed.Count > 0 && failed.Count == outcomes.Length)
        {
            return failed.Worst(_label);
        }

        List<string> warnings = failed.Warnings(_label);
        List<string> infos = [];
        foreach (MemberOutcome<MemberData<T>> outcome in outcomes)
        {
            if (outcome.Succeeded)
            {
                add(outcome.Value.Data);
                AddNew(warnings, outcome.Value.Warnings);
                AddNew(infos, outcome.Value.Infos);
            }
        }

        _metrics.Partial.Add(failed.Count > 0 ? 1 : 0);
        JsonBuffer json = call.Response.BeginData();
        if (write(json))
        {
            AddNew(warnings, [ResultWriter.TruncatedWarning]);
        }

        ResultWriter.WriteTexts(json, "warnings"u8, warnings);
        ResultWriter.WriteTexts(json, "infos"u8, infos);
        return await call.Response.EndDataAsync();
    }

    /// <summary>Writes as many as the limit lets; true when it cut some off.</summary>
    private static bool WriteList<T>(JsonBuffer json, List<T> items, int limit, Action<JsonBuffer, T> write)
    {
        int count = limit > 0 ? Math.Min(limit, items.Count) : items.Count;
        json.Raw((byte)'[');
        for (int index = 0; index < count; index++)
        {
            json.Raw(index == 0 ? ""u8 : ","u8);
            write(json, items[index]);
        }

        json.Raw((byte)']');
        return count < items.Count;
    }

    private static bool WriteMetadata(JsonBuffer json, SortedDictionary<string, List<string>> metrics, int limit)
    {
        int written = 0;
        json.Raw((byte)'{');
        foreach ((string metric, List<string> entries) in metrics)
        {
            if (limit > 0 && written == limit)
            {
                break;
            }

            json.Raw(written++ == 0 ? ""u8 : ","u8);
            json.String(metric);
            json.Raw((byte)':');
            WriteList(json, entries, 0, static (json, entry) => json.Raw(Encoding.UTF8.GetBytes(entry)));
        }

        json.Raw((byte)'}');
        return false;
    }

    private static void AddNew(List<string> texts, IEnumerable<string> added)
    {
        foreach (string text in added)
        {
            if (!texts.Contains(text))
            {
                texts.Add(text);
            }
        }
    }
}
