/* The hand-over to one session of the executor: a discovery controller whose log changes, and a path that
 * it lists and that is lost: engine/host/hand_over.hpp, engine/execute, units/.
 *
 * Who takes part:
 *   controller  changes its log a few times; sends an event (AEN) only while it is armed, and is armed
 *               again by a read that clears RAE (NVMe base specification, Asynchronous Event Request)
 *   kernel      gives the path up a few times
 *   planner     one per event; writes plans/<id>.<subject>.json, of one subject for the discovery
 *               controller and of another for the path; may be killed before it has
 *   path unit   starts the executor while a file waits and none runs; a start of one that runs is
 *               nothing
 *   executor    one for the host; claims by renaming, at any time; begins a generation (reads the log
 *               where a request is about the discovery controller, decides, writes the state),
 *               finishes, connects what the state has as open; may be killed between any two steps;
 *               systemd then starts it again (Restart=on-failure)
 *   sweep       asks for a read when nobody read since the controller's last change, and for a path
 *               whose loss nobody dealt with (it runs only when everything else is idle, which is the
 *               worst case for it)
 *
 * Held at every standstill: the executor knows the newest log, the path is connected, nothing waits,
 * nothing is claimed. With LOSE_PLANNERS unset that must hold without the sweep.
 */

#ifndef CHANGES
#define CHANGES 2
#endif
#ifndef LOSSES
#define LOSSES 2
#endif
#ifndef KILLS
#define KILLS 2
#endif

#define LOG 0   /* the subjects */
#define PATH 1

byte version = 0;       /* of the controller's log */
bool connected = true;  /* the path */
bool armed = true;      /* the controller would send an event */
byte events[2] = 0;     /* on their way to a planner */
bool plan[2] = false;   /* plans/<id>.<subject>.json */
bool running[2] = false;
byte known = 0;         /* version that state/<id>.json holds */
bool open = false;      /* the path is still to be tried, by the state */
bool up = false;        /* the unit runs */
bool failed = false;    /* it was killed: systemd starts it again */
byte changes = 0;
byte losses = 0;
byte kills = 0;
byte swept = 0;

active proctype controller() {
end:
  do
  :: changes < CHANGES ->
     atomic {
       changes++;
       version++;
       if
       :: armed -> armed = false; events[LOG]++
       :: else
       fi
     }
  od
}

active proctype kernel() {
end:
  do
  :: atomic { losses < LOSSES && connected -> losses++; connected = false; events[PATH]++ }
  od
}

proctype planner(byte subject) {
end:
  do
  :: atomic { events[subject] > 0 -> events[subject]-- };
     if
#ifdef LOSE_PLANNERS
     :: skip                       /* killed before it wrote */
#endif
     :: plan[subject] = true;      /* rename into place: one step */
     fi
  od
}

/* Starts the unit, as systemd does for a killed one, too. A start of a unit that is up is nothing. */
active proctype starter() {
end:
  do
  :: atomic { (plan[LOG] || plan[PATH]) && !up -> up = true; failed = false; run executor() }
  :: atomic { failed && !up -> up = true; failed = false; run executor() }
  od
}

#define MAY_DIE  if :: atomic { kills < KILLS -> kills++; goto killed } :: skip fi

/* Takes what waits, over what was claimed before; one that comes while a generation runs makes another
 * one follow, and is not finished with that. */
#define CLAIM(subject)  atomic { plan[subject] -> plan[subject] = false; running[subject] = true; again = true }
#define CLAIM_ALL \
  do \
  :: CLAIM(LOG) \
  :: CLAIM(PATH) \
  :: else -> break \
  od

proctype executor() {
  byte snapshot;
  bool again = false;

  /* The watch on plans/ is there before the first claim; a file that comes between the last look and
   * the exit is the starter's. */
claim:
  MAY_DIE;
  CLAIM_ALL;
  MAY_DIE;
  if
  :: running[LOG] || running[PATH]        /* claimed now, or left by one that was killed */
  :: !running[LOG] && !running[PATH] && open -> goto connect
  :: !running[LOG] && !running[PATH] && !open -> goto out
  fi;

generation:
  again = false;
  snapshot = known;
  if
  :: running[LOG] ->
read:
     MAY_DIE;
     snapshot = version;              /* header and entries, RAE set */
     MAY_DIE;
     armed = true;                    /* the last read clears RAE */
     MAY_DIE;
     if
     :: snapshot != version -> goto read   /* genctr moved: start over */
     :: else
     fi
  :: else                             /* a loss: by the log that is known */
  fi;
  MAY_DIE;
  atomic { known = snapshot; open = !connected };  /* state/<id>.json */
  MAY_DIE;
  CLAIM_ALL;
  if
  :: again -> goto generation;
  :: else
  fi;
  running[LOG] = false;            /* the requests go last, */
  MAY_DIE;
  running[PATH] = false;           /* one by one */

connect:
  MAY_DIE;
  if
  :: open && !connected -> connected = true
  :: else
  fi;
  MAY_DIE;
  open = false;
  MAY_DIE;
  /* It rests until a file comes, or until its controller is gone or its program was replaced. */
  if
  :: plan[LOG] || plan[PATH] -> goto claim
  :: goto out
  fi;
out:
  up = false;
  goto gone;
killed:
  atomic { up = false; failed = true };
gone:
  skip
}

#define AT_REST  (!plan[LOG] && !plan[PATH] && !running[LOG] && !running[PATH] && !open && !up && !failed)

/* When nothing else can move. */
active proctype standstill() {
end:
  do
  :: timeout ->
     atomic {
       if
       :: known == version && connected && AT_REST -> break
#ifdef LOSE_PLANNERS
       :: (known != version || !connected) && AT_REST && swept < CHANGES + LOSSES + KILLS + 1 ->
          swept++;
          plan[LOG] = (known != version);
          plan[PATH] = !connected
#endif
       :: else -> assert(false)
       fi
     }
  od
}

init {
  atomic { run planner(LOG); run planner(PATH) }
}
