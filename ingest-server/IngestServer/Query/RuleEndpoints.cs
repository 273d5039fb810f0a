using System.Globalization;
using AmpEdge.Prometheus;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary>
/// <c>rules</c> and <c>alerts</c> of a workspace without rule groups, which every workspace is. Parameters are read as
/// Prometheus reads them, so that a client learns of its mistakes here too.
/// </summary>
internal static class RuleEndpoints
{
    public static Task<ApiError?> AnswerRulesAsync(ApiCall call) => Refuse(call.Parameters) is { } error
        ? Task.FromResult<ApiError?>(error)
        : call.Response.SendDataAsync("{\"groups\":[]}"u8);

    public static Task<ApiError?> AnswerAlertsAsync(ApiCall call) => call.Response.SendDataAsync("{\"alerts\":[]}"u8);

    private static ApiError? Refuse(RequestParameters parameters)
    {
        if (!MatcherParameter.TryParse(parameters.GetAll(MatcherParameter.Name), out _, out string problem))
        {
            return ApiError.BadData(problem);
        }

        string type = parameters.Get("type").ToLowerInvariant();
        if (type is not ("" or "alert" or "record"))
        {
            return ApiError.InvalidParameter("type", $"not supported value {LabelsFormatter.Quote(TimeParameter.Clip(type))}");
        }

        string exclude = parameters.Get("exclude_alerts").ToLowerInvariant();
        if (exclude.Length > 0 && !GoBool.TryParse(exclude, out _, out problem))
        {
            return ApiError.InvalidParameter("exclude_alerts", $"error converting exclude_alerts: {problem}");
        }

        return RefusePaging(parameters.Get("group_limit"), parameters.Get("group_next_token"));
    }

    private static ApiError? RefusePaging(string limitText, string token)
    {
        const string Limit = "group_limit";
        const string Token = "group_next_token";
        if (limitText.Length == 0)
        {
            return token.Length == 0
                ? null
                : ApiError.InvalidParameter(Token, $"{Limit} needs to be present in order to paginate over the groups");
        }

        if (!long.TryParse(limitText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long limit))
        {
            string shown = LabelsFormatter.Quote(TimeParameter.Clip(limitText));
            return ApiError.InvalidParameter(
                Limit, $"{Limit} needs to be a valid number: strconv.ParseInt: parsing {shown}: invalid syntax");
        }

        if (limit <= 0)
        {
            return ApiError.InvalidParameter(Limit, $"{Limit} needs to be greater than 0");
        }

        return token.Length == 0
            ? null
            : ApiError.InvalidParameter(Token, $"invalid {Token} '{TimeParameter.Clip(token)}'. were rule groups changed?");
    }
}
