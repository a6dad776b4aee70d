-- One decision: takes some of each limit, or of none.
--
-- KEYS are the limits. ARGV is the node, and then for each limit
--   a bucket: 0, numerator, denominator, capacity, wanted, back
--   a quota:  1, limit, wanted, adjustment, its number, start, end, kept for, floor, granted, days,
--             and that many pairs of a day and its count
-- Buckets count in millionths of a token; a microsecond brings numerator / denominator of them.
-- Where nothing is wanted, nothing is refused. Answers the place of the limit that refuses, or 0; the
-- microseconds until it would not, or -1; and for each limit what was taken, what a bucket holds or a
-- window has used, and what the window was granted.
--
-- All numbers are integers below 2^53, which Lua's numbers hold exactly.

local TOKEN = 1000000
local time = redis.call('TIME')
local seconds = tonumber(time[1])
local now = seconds * 1000000 + tonumber(time[2])
local text = function(number) return string.format('%.0f', number) end

local place = 1
local function argument()
    place = place + 1
    return tonumber(ARGV[place])
end

local function bucket(key)
    local it = { key = key, is_bucket = true }
    it.numerator, it.denominator, it.capacity = argument(), argument(), argument()
    it.wanted, it.back = argument(), argument()
    it.level, it.rest = it.capacity, 0
    local level, rest, at = string.match(redis.call('GET', key) or '', '^(%d+) (%d+) (%d+)$')
    if level then
        it.level, it.rest = tonumber(level), tonumber(rest)
        -- A clock that was set back brings nothing.
        local elapsed = math.max(0, now - tonumber(at))
        local whole = math.floor(elapsed / 1000000)
        local brought = whole * it.numerator * (1000000 / it.denominator)
        if brought < it.capacity then
            -- What is left of a division is kept, so that nothing drifts.
            local product = (elapsed - whole * 1000000) * it.numerator + it.rest
            local more = math.floor(product / it.denominator)
            it.rest = product - more * it.denominator
            it.level = it.level + brought + more
        else
            it.level = it.capacity
        end
    end
    it.level = it.level + it.back * TOKEN
    if it.level >= it.capacity then
        it.level, it.rest = it.capacity, 0
    end
    it.is_changed = it.back > 0
    it.available = math.floor(it.level / TOKEN)
    return it
end

local function wait(it)
    if not it.is_bucket or it.numerator == 0 or it.capacity < TOKEN then
        return -1
    end
    return math.ceil((TOKEN - it.level) * it.denominator / it.numerator)
end

-- Counts on the day that it is, as far as it is in the window; takes back from earlier days what is
-- more than that.
local function count_on_day(it, count)
    local day = math.floor(seconds / 86400)
    day = math.max(it.first, math.min(day, it.last - 1))
    while count ~= 0 do
        local now_counted = redis.call('HINCRBY', it.key, 'day:' .. text(day), text(count))
        if now_counted >= 0 or day == it.first then
            return
        end
        redis.call('HSET', it.key, 'day:' .. text(day), '0')
        count, day = now_counted, day - 1
    end
end

local function quota(key)
    local it = { key = key }
    it.limit, it.wanted = argument(), argument()
    local adjustment, number = argument(), argument()
    it.first, it.last, it.kept_for = argument(), argument(), argument()
    local floor, granted, days = argument(), argument(), argument()
    local adjusted = 'adjusted:' .. ARGV[1]
    local known = redis.call('HMGET', key, 'used', 'granted', adjusted)
    it.used, it.granted = tonumber(known[1]), tonumber(known[2]) or 0
    local is_new = not it.used
    it.used = it.used or floor
    if is_new then
        it.granted = granted
        redis.call('HSET', key, 'used', text(it.used), 'granted', text(granted))
    end
    local unknown = floor
    for _ = 1, days do
        local day, count = argument(), argument()
        if is_new then
            redis.call('HSET', key, 'day:' .. text(day), text(count))
            unknown = unknown - count
        end
    end
    if is_new then
        count_on_day(it, math.max(0, unknown))
    end
    -- An adjustment may be sent again when its answer was lost.
    if number > (tonumber(known[3]) or 0) then
        adjustment = math.max(adjustment, -it.used)
        it.used = it.used + adjustment
        redis.call('HSET', key, adjusted, text(number), 'used', text(it.used))
        count_on_day(it, adjustment)
    end
    redis.call('PEXPIRE', key, text(it.kept_for))
    local admits = math.max(0, it.limit + it.granted)
    it.available = math.max(0, admits - it.used)
    -- Exact near the end: in the last twentieth, and for the last hundred.
    local share = math.floor(it.available / 100)
    if it.available <= 100 or it.available * 20 <= admits then
        share = 1
    end
    it.wanted = math.min(it.wanted, math.max(1, share))
    return it
end

local limits = {}
local refused, until_then = 0, 0
for index, key in ipairs(KEYS) do
    local it = argument() == 0 and bucket(key) or quota(key)
    limits[index] = it
    if refused == 0 and it.wanted > 0 and it.available < 1 then
        refused, until_then = index, wait(it)
    end
end

local answer = { refused, until_then }
for index, it in ipairs(limits) do
    local taken = refused == 0 and math.min(it.wanted, it.available) or 0
    if it.is_bucket then
        it.level = it.level - taken * TOKEN
        if taken > 0 or it.is_changed then
            local full_in = 1000
            if it.numerator > 0 then
                full_in = full_in + (it.capacity - it.level) * it.denominator / it.numerator / 1000
            end
            -- A bucket that is never full again is kept for a year.
            if it.numerator == 0 or full_in > 31536000000 then
                full_in = 31536000000
            end
            local state = text(it.level) .. ' ' .. text(it.rest) .. ' ' .. text(now)
            redis.call('SET', it.key, state, 'PX', text(math.ceil(full_in)))
        end
    elseif taken > 0 then
        it.used = it.used + taken
        redis.call('HSET', it.key, 'used', text(it.used))
        count_on_day(it, taken)
    end
    answer[3 * index] = taken
    answer[3 * index + 1] = it.is_bucket and it.level or it.used
    answer[3 * index + 2] = it.granted or 0
end
return answer
