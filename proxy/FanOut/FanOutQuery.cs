using System.Text;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>
/// <c>query</c> and <c>query_range</c> of a virtual workspace: 1. take the query apart, 2. ask the members, 3. put
/// their results together as they are, or evaluate the rest of the query over them.
/// </summary>
internal sealed class FanOutQuery(
    WorkspaceLabel label, IReadOnlyList<IMember> members, MemberCalls calls, Engine engine, EngineOptions options, FanOutMetrics metrics)
{
    /// <summary>Requests that one query may cause: parts times members.</summary>
    private const int MaxRequests = 256;

    // A result of a part is there at its own time only: the members have looked back already.
    private static readonly TimeSpan s_noLookback = TimeSpan.FromMilliseconds(1);

    private readonly WorkspaceLabel _label = label;
    private readonly EngineOptions _options = options;

    public async Task<ApiError?> AnswerAsync(FanOutCall call, QueryCall query)
    {
        StepRange times = query.StepMs == 0
            ? StepRange.Instant(query.StartMs)
            : new StepRange(query.StartMs, query.EndMs, query.StepMs);
        if (!PromQLParser.Parse(query.Text, _options.Parser).TryGet(out Expr? expr, out string? problem))
        {
            return ApiError.Of(new QueryException(QueryErrorKind.BadData, problem));
        }

        bool isBadRange = query.StepMs > 0 && expr.Type is ExprType.Matrix or ExprType.String;
        FanOutPlan plan = isBadRange
            ? new FanOutPlan([], query.Text)
            : FanOutPlanner.Plan(expr, times, _label, _options);
        List<MemberRequest> requests = Requests(plan, call, query);
        if (requests.Count > MaxRequests)
        {
            return new ApiError(
                ApiErrorKind.Execution,
                $"the query falls into {requests.Count} requests to members, {MaxRequests} are allowed: ask for fewer parts at once, or for fewer members with a matcher on \"{_label.Name}\"");
        }

        MemberOutcome<MemberAnswer>[] outcomes = await calls.AskAsync(
            call,
            requests,
            (request, body) => QueryAnswer.Read(
                body, _label, Encoding.UTF8.GetBytes(request.Member.Name), IsMatrix(plan.Parts[request.Part])),
            query.Options.Timeout);
        FailedMembers failed = FailedMembers.Of(outcomes);
        using PartAnswers answers = Gather(plan, outcomes, failed, out bool anyoneLeft);
        if (failed.Count > 0 && !anyoneLeft)
        {
            return failed.Worst(_label);
        }

        (List<string> warnings, List<string> infos) = answers.Annotations();
        metrics.Partial.Add(failed.Count > 0 ? 1 : 0);
        warnings = [.. failed.Warnings(_label), .. warnings];
        await WriteAsync(call, query, plan, expr, answers, warnings, infos);
        return null;
    }

    private async Task WriteAsync(
        FanOutCall call, QueryCall query, FanOutPlan plan, Expr expr, PartAnswers answers, List<string> warnings, List<string> infos)
    {
        if (plan.LocalQuery is not { } local)
        {
            await MergedAnswer.WriteAsync(call.Response, answers[0], query, expr.Type, warnings, infos);
            return;
        }

        QueryOptions own = query.Options with { LookbackDelta = s_noLookback };
        QueryResult result = query.StepMs == 0
            ? await engine.InstantAsync(answers, local, query.StartMs, own, call.Cancel)
            : await engine.RangeAsync(answers, local, query.StartMs, query.EndMs, query.StepMs, own, call.Cancel);
        await ResultWriter.WriteAsync(call.Response, result, query, warnings, infos);
    }

    private List<MemberRequest> Requests(FanOutPlan plan, FanOutCall call, QueryCall query)
    {
        List<MemberRequest> requests = [];
        for (int part = 0; part < plan.Parts.Count; part++)
        {
            FanOutPart asked = plan.Parts[part];
            foreach (IMember member in members)
            {
                if (asked.Times.LongCount > 0
                    && MemberExpression.TextFor(asked.Expression, _label, member.Name) is { } text)
                {
                    requests.Add(Request(member, part, asked.Times, text, call.Parameters, query));
                }
            }
        }

        return requests;
    }

    private static MemberRequest Request(
        IMember member, int part, StepRange times, string text, RequestParameters parameters, QueryCall query)
    {
        FormWriter form = new FormWriter().Add("query", text);
        if (times.IsInstant)
        {
            form.AddSeconds("time", times.StartMs);
        }
        else
        {
            form.AddSeconds("start", times.StartMs).AddSeconds("end", times.EndMs).AddSeconds("step", times.StepMs);
        }

        // As the caller wrote them; AMP's guards against costly queries hold at each member.
        foreach (string name in (ReadOnlySpan<string>)["timeout", "lookback_delta", QueryCall.WarningThreshold, QueryCall.ErrorThreshold])
        {
            form.AddUnlessEmpty(name, parameters.Get(name));
        }

        string path = times.IsInstant ? "/api/v1/query" : "/api/v1/query_range";
        return new MemberRequest(member, path, form.ToString(), Part: part);
    }

    /// <summary>The answers by part. A member that failed in one part is left out of all: half of it would mislead.</summary>
    private static PartAnswers Gather(
        FanOutPlan plan, MemberOutcome<MemberAnswer>[] outcomes, FailedMembers failed, out bool anyoneLeft)
    {
        PartAnswers answers = new(plan.Parts.Count);
        anyoneLeft = false;
        foreach (MemberOutcome<MemberAnswer> outcome in outcomes)
        {
            if (!outcome.Succeeded)
            {
                continue;
            }

            if (failed.Contains(outcome.Request.Member))
            {
                outcome.Value.Dispose();
            }
            else
            {
                anyoneLeft = true;
                answers[outcome.Request.Part].Add(outcome.Value);
            }
        }

        return answers;
    }

    private static bool IsMatrix(FanOutPart part) => !part.Times.IsInstant || part.Expression.Type == ExprType.Matrix;
}
