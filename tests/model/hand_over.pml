/* The hand-over of one endpoint, from a discovery controller whose log changes to an executor that
 * knows the newest log: engine/host/hand_over.hpp, engine/execute, units/.
 *
 * Who takes part:
 *   controller  changes its log a few times; sends an event (AEN) only while it is armed, and is armed
 *               again by a read that clears RAE (NVMe base specification, Asynchronous Event Request)
 *   planner     one per event; writes plans/<id>.json; may be killed before it has
 *   path unit   starts the executor while a file waits and none runs; a start of one that runs is
 *               nothing
 *   executor    watches plans/, claims by renaming, reads the log, finishes; may be killed between any
 *               two steps; systemd then starts it again (Restart=on-failure)
 *   sweep       asks for a read when nobody read since the controller's last change (it runs only
 *               when everything else is idle, which is the worst case for it)
 *
 * Held at every standstill: the executor knows the newest log, nothing waits, nothing is claimed. With
 * LOSE_PLANNERS unset that must hold without the sweep.
 */

#ifndef CHANGES
#define CHANGES 3
#endif
#ifndef KILLS
#define KILLS 2
#endif

byte version = 0;      /* of the controller's log */
byte known = 0;        /* version that state/<id>.json holds */
bool armed = true;     /* the controller would send an event */
byte events = 0;       /* events on their way to a planner */
bool plan = false;     /* plans/<id>.json */
bool running = false;  /* running/<id>.json */
bool up = false;   /* the unit runs */
bool failed = false;   /* it was killed: systemd starts it again */
byte changes = 0;
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
       :: armed -> armed = false; events++
       :: else
       fi
     }
  od
}

active proctype planner() {
end:
  do
  :: atomic { events > 0 -> events-- };
     if
#ifdef LOSE_PLANNERS
     :: skip                       /* killed before it wrote */
#endif
     :: plan = true                /* rename into place: one step */
     fi
  od
}

/* Starts the unit, as systemd does for a killed one, too. A start of a unit that is up is nothing. */
active proctype starter() {
end:
  do
  :: atomic { plan && !up -> up = true; failed = false; run executor() }
  :: atomic { failed && !up -> up = true; failed = false; run executor() }
  od
}

#define MAY_DIE  if :: atomic { kills < KILLS -> kills++; goto killed } :: skip fi

proctype executor() {
  byte snapshot;

  /* The watch on plans/ is there before the first claim: modelled by looking at `plan` again after
   * every reading; a file that comes between the last look and the exit is the starter's. */
claim:
  MAY_DIE;
  if
  :: atomic { plan -> plan = false; running = true }   /* rename */
  :: !plan && running                                   /* left by one that was killed */
  :: !plan && !running -> goto out
  fi;

read:
  MAY_DIE;
  snapshot = version;              /* header and entries, RAE set */
  MAY_DIE;
  armed = true;                    /* the last read clears RAE */
  MAY_DIE;
  if
  :: snapshot != version -> goto read   /* genctr moved: start over */
  :: else
  fi;
  MAY_DIE;
  known = snapshot;                /* state/<id>.json */
  MAY_DIE;
  running = false;                 /* the request goes last */
  MAY_DIE;
  /* It rests until a file comes, or until its controller is gone or its program was replaced. */
  if
  :: plan -> goto claim
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

/* When nothing else can move. */
active proctype standstill() {
end:
  do
  :: timeout ->
     atomic {
       if
       :: known == version && !plan && !running && !up && !failed -> break
#ifdef LOSE_PLANNERS
       :: known != version && !plan && !running && !up && !failed && swept < CHANGES + KILLS + 1 ->
          swept++;
          plan = true
#endif
       :: else -> assert(false)
       fi
     }
  od
}
